import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Engine } from './engine.ts';
import { RenderFault } from './renderer.ts';
import { createWasmEngine } from './wasm-engine.ts';

/** A module in which FFmpeg is what a test needs it to be: it spins in silence, it works slowly, or its worker dies. */
const GLUE = `
let progress = () => undefined;
const busy = (ms) => { for (const end = Date.now() + ms; Date.now() < end; ); };
const exec = (...words) => {
  const task = words.at(-1);
  if (task === 'spin') for (;;);
  if (task === 'work') for (let step = 0; step < 25; step += 1) { busy(100); progress({ time: -1 }); }
  if (task === 'die') process.exit(3);
  return 0;
};
const FS = { mkdir() {}, chdir() {}, readdir: () => [], stat() {}, isFile: () => false };
module.exports = async () => ({ FS, exec, reset() {}, setLogger() {}, setProgress(on) { progress = on; } });
`;
const EMPTY_MODULE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
const STALL_MS = 1_500;

describe('createWasmEngine', () => {
  let folder: string;
  let engine: Engine;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wasm-engine-'));
    const wasm = { gluePath: join(folder, 'glue.cjs'), wasmPath: join(folder, 'empty.wasm'), version: '0' };
    await mkdir(join(folder, 'work'));
    await writeFile(wasm.gluePath, GLUE);
    await writeFile(wasm.wasmPath, EMPTY_MODULE);
    engine = createWasmEngine(wasm, 'A test asked for it.', STALL_MS);
  });
  afterEach(async () => {
    await engine.close();
    await rm(folder, { recursive: true, force: true });
  });
  const open = (signal = new AbortController().signal) =>
    engine.open({ workDir: join(folder, 'work'), signal, maxOutputBytes: 1e6 });

  it('ends a run that spins in silence with a timeout', async () => {
    const session = await open();
    const before = performance.now();
    await expect(session.exec(['spin'])).rejects.toMatchObject({ name: 'RenderFault', kind: 'timeout' });
    expect(performance.now() - before).toBeGreaterThanOrEqual(STALL_MS - 50);
    // Its worker is gone, and whoever still asks hears so instead of waiting.
    await expect(session.exec(['work'])).rejects.toMatchObject({ kind: 'failed' });
  });

  it('lets a run work for longer than that as long as it gives signs of life', async () => {
    await expect((await open()).exec(['work'])).resolves.toMatchObject({ exitCode: 0 });
  });

  it('ends a spinning run as soon as the caller aborts', async () => {
    const caller = new AbortController();
    const session = await open(caller.signal);
    const run = session.exec(['spin']);
    caller.abort(new RenderFault('cancelled', 'enough'));
    await expect(run).rejects.toMatchObject({ kind: 'cancelled' });
  });

  it('tells of a worker that died, during a run and after it', async () => {
    const session = await open();
    await expect(session.exec(['die'])).rejects.toMatchObject({ kind: 'failed' });
    await expect(session.exec(['work'])).rejects.toMatchObject({ kind: 'failed' });
  });
});
