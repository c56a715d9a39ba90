import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRenderer } from '../engine/create-renderer.ts';
import type { Renderer } from '../engine/renderer.ts';
import { markOutput, OUTPUT_MARK } from './mark-output.ts';

const run = promisify(execFile);

let folder: string;
let renderer: Renderer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mark-output-'));
  renderer = await createRenderer();
});
afterAll(async () => {
  await renderer.close();
  await rm(folder, { recursive: true, force: true });
});

const render = (command: string, name: string) =>
  renderer.renderCommand(
    { command: `${command} ${name}`, inputs: {} },
    { workDir: folder, signal: AbortSignal.timeout(60_000), timeoutMs: 60_000, onProgress: () => undefined },
  );
const PICTURE = '-f lavfi -i testsrc=duration=1:size=64x48:rate=5';
const SOUND = '-f lavfi -i sine=duration=1';

/** One hash for every decoded frame: equal for equal pictures and sound, whatever else is in the file. */
async function frames(path: string): Promise<string | undefined> {
  const hashed = run('ffmpeg', ['-v', 'error', '-i', path, '-f', 'framemd5', '-']);
  return hashed.then(
    ({ stdout, stderr }) => stderr + stdout,
    (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? undefined : Promise.reject(error)),
  );
}

describe('the mark inside an output', () => {
  it.each([
    ['a.mp4', `${PICTURE} -pix_fmt yuv420p`],
    ['a.mov', `${PICTURE} -pix_fmt yuv420p`],
    ['a.m4a', SOUND],
    ['a.webm', `${PICTURE} -c:v libvpx`],
    ['a.mkv', `${PICTURE} -pix_fmt yuv420p`],
    ['a.png', `${PICTURE} -frames:v 1`],
    ['a.jpg', `${PICTURE} -frames:v 1`],
    ['a.gif', PICTURE],
    ['a.mp3', SOUND],
  ])('stands in %s and changes no picture and no sound', async (name, command) => {
    const { files } = await render(command, name);
    const path = files[0]?.path ?? '';
    const before = await frames(path);
    const added = await markOutput(path);
    const bytes = await readFile(path);
    expect(bytes.length).toBe((files[0]?.sizeBytes ?? 0) + added);
    expect(bytes.includes(name === 'a.mp3' ? 'renderq sandbox' : OUTPUT_MARK)).toBe(true);
    expect(await frames(path)).toBe(before);
  });

  it('is left out where there is no place for it', async () => {
    const { files } = await render(SOUND, 'a.wav');
    const path = files[0]?.path ?? '';
    expect(await markOutput(path)).toBe(0);
    expect((await readFile(path)).length).toBe(files[0]?.sizeBytes);
  });
});
