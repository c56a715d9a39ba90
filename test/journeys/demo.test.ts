import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const demo = fileURLToPath(new URL('../../packages/demo/dist/main.js', import.meta.url));

/** A live account in the environment, which nobody answers for. */
const LIVE = { RENDOBAR_API_KEY: 'rb_live_never_to_be_used', RENDOBAR_BASE_URL: 'http://127.0.0.1:1' };

interface DemoRun {
  readonly code: number;
  readonly output: string;
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'renderq-demo-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function runDemo(env: Record<string, string>): Promise<DemoRun> {
  return new Promise((done) => {
    execFile(process.execPath, [demo], { cwd: folder, env, timeout: 170_000 }, (error, stdout, stderr) =>
      done({ code: error ? Number(error.code ?? 1) : 0, output: stdout + stderr }),
    );
  });
}

/** The colour in the top left corner of a tile of the contact sheet, clear of text and images. */
async function tileCorner(row: number, column: number): Promise<string> {
  const sheet = await loadImage(await readFile(join(folder, 'out', 'contact-sheet.png')));
  const context = createCanvas(sheet.width, sheet.height).getContext('2d');
  context.drawImage(sheet, 0, 0);
  const [red = 0, green = 0, blue = 0] = context.getImageData(6 + column * 432 + 8, 6 + row * 252 + 8, 1, 1).data;
  return [red, green, blue].map((value) => Math.round(value / 32)).join();
}

const nearest = (hex: string) =>
  [1, 3, 5].map((at) => Math.round(Number.parseInt(hex.slice(at, at + 2), 16) / 32)).join();

async function expectFilms(run: DemoRun): Promise<void> {
  expect(run.output).not.toContain('The demo stopped');
  expect(run.code).toBe(0);
  for (const film of ['movie.mp4', 'clip.mp4']) {
    expect((await readFile(join(folder, 'out', film))).subarray(4, 8).toString()).toBe('ftyp');
  }
  expect(await tileCorner(0, 0)).toBe(nearest('#14213D'));
  expect(await tileCorner(0, 1)).toBe(nearest('#0B6E4F'));
  expect(await tileCorner(0, 2)).toBe(nearest('#7B2CBF'));
  expect(run.output).toContain('scenes.0.duration');
  expect(run.output).toContain('INSUFFICIENT_CREDITS');
  expect(run.output).toMatch(/9 required, 4 held/);
  expect(run.output).toContain('RATE_LIMITED');
  expect(run.output).toMatch(/succeeded after \d+\.\d s, submitted once/);
}

function nativeFfmpeg(): string | undefined {
  try {
    return execFileSync('which', ['ffmpeg'], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

describe('npm run demo', () => {
  it('renders both films and rehearses three failures with the packaged engine alone', {
    timeout: 180_000,
  }, async () => {
    const run = await runDemo({ PATH: dirname(process.execPath), HOME: folder, ...LIVE });
    expect(run.output).toContain('wasm');
    // The keys of the environment are withheld: a demo must never bill anybody.
    expect(run.output).not.toContain(LIVE.RENDOBAR_API_KEY);
    await expectFilms(run);
  });

  const ffmpeg = nativeFfmpeg();
  it.skipIf(!ffmpeg)('uses the FFmpeg on the PATH where there is one', { timeout: 180_000 }, async () => {
    const run = await runDemo({
      PATH: [dirname(ffmpeg ?? ''), dirname(process.execPath)].join(delimiter),
      HOME: folder,
    });
    expect(run.output).toContain('native');
    await expectFilms(run);
  });
});
