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

describe('findConfinement', () => {
  it('confines nothing where no tool of the system is found', async () => {
    const cage = await findConfinement(process.execPath, { PATH: folder }, folder);
    expect(cage).toMatchObject({ name: 'none', complete: false, limited: false });
    expect(cage.prefix({ workDir: folder, maxFileBytes: 1 })).toEqual([]);
  });

  it('never confines with what does not start the program', async () => {
    const cage = await findConfinement(join(folder, 'no-such-program'), ENV, folder);
    expect(cage.name).toBe('none');
  });

  it('asks the kernel for every limit, where the system can', async () => {
    const cage = await findConfinement('/bin/true', ENV, folder);
    if (!cage.limited) return;
    const words = cage.prefix({ workDir: folder, maxFileBytes: 4_321 }).join(' ');
    for (const limit of ['--core=0', '--as=', '--cpu=', '--fsize=4321', '--nofile=']) expect(words).toContain(limit);
  });

  it('ends a program that writes more than it may', async () => {
    const cage = await findConfinement('/bin/sh', ENV, folder);
    if (!cage.limited) return;
    const [command = '', ...args] = [
      ...cage.prefix({ workDir: folder, maxFileBytes: 10_000 }),
      ...['/bin/sh', '-c', 'exec head -c 50000 /dev/zero > big'],
    ];
    const { exitCode, endedBy } = await runProcess({
      command,
      args,
      cwd: folder,
      env: ENV,
      signal: AbortSignal.timeout(5_000),
    });
    expect([endedBy, exitCode]).not.toEqual([null, 0]);
  });
});
