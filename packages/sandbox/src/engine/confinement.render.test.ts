import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findConfinement } from './confinement.ts';
import { runProcess } from './native-process.ts';

const ENV = { PATH: process.env.PATH ?? '' };
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'confinement-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a cage', () => {
  it('leaves nothing behind of a program that is stopped while it starts', async () => {
    const cage = await findConfinement('/bin/true', ENV, folder);
    if (!cage.complete) return;
    // A duration that no other program sleeps, to know it by.
    const seconds = `3600.${process.pid}`;
    const [command = '', ...args] = [...cage.prefix({ workDir: folder, maxFileBytes: 1_000 }), '/bin/sleep', seconds];
    for (let delayMs = 0; delayMs < 24; delayMs += 3) {
      const signal = AbortSignal.timeout(delayMs);
      await runProcess({ command, args, cwd: folder, env: ENV, signal }).catch(() => undefined);
    }
    await expect.poll(() => runningWith(seconds)).toEqual([]);
  });
});

/** The processes of this machine that have this word on their command line. */
function runningWith(word: string): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0').includes(word);
    } catch {
      return false;
    }
  });
}
