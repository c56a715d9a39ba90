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

/** A tile of the contact sheet: `row` 0 is the movie, 1 the clip. */
interface Tile {
  readonly row: number;
  readonly column: number;
}

const TILE = { width: 426, height: 240, gap: 6 };

/** Reads pixels of one tile, in shares of its width and height. */
async function openSheet(): Promise<
  (tile: Tile, left: number, top: number, right: number, bottom: number) => Uint8ClampedArray
> {
  const sheet = await loadImage(await readFile(join(folder, 'out', 'contact-sheet.png')));
  const context = createCanvas(sheet.width, sheet.height).getContext('2d');
  context.drawImage(sheet, 0, 0);
  return ({ row, column }, left, top, right, bottom) => {
    const x = TILE.gap + column * (TILE.width + TILE.gap);
    const y = TILE.gap + row * (TILE.height + 2 * TILE.gap);
    const width = Math.max(1, Math.round((right - left) * TILE.width));
    const height = Math.max(1, Math.round((bottom - top) * TILE.height));
    return context.getImageData(x + Math.round(left * TILE.width), y + Math.round(top * TILE.height), width, height)
      .data;
  };
}

const channels = (hex: string) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));

/** The share of pixels that look like a colour: H.264 and scaling move each channel a little. */
function shareOf(pixels: Uint8ClampedArray, hex: string): number {
  const wanted = channels(hex);
  let matches = 0;
  for (let at = 0; at < pixels.length; at += 4) {
    if (wanted.every((value, channel) => Math.abs((pixels[at + channel] ?? -1) - value) <= 32)) matches += 1;
  }
  return matches / (pixels.length / 4);
}

async function expectFilms(run: DemoRun): Promise<void> {
  expect(run.output).not.toContain('The demo stopped');
  expect(run.code).toBe(0);
  for (const film of ['movie.mp4', 'clip.mp4']) {
    expect((await readFile(join(folder, 'out', film))).subarray(4, 8).toString()).toBe('ftyp');
  }
  const look = await openSheet();
  const [title, image, wrapped] = [0, 1, 2].map((column) => ({ row: 0, column })) as [Tile, Tile, Tile];
  // The first scene: its background in the corner, the title in its own colour in the middle, nothing of it elsewhere.
  expect(shareOf(look(title, 0, 0, 0.2, 0.2), '#14213D')).toBeGreaterThan(0.95);
  expect(shareOf(look(title, 0.3, 0.4, 0.7, 0.6), '#FCA311')).toBeGreaterThan(0.05);
  expect(shareOf(look(title, 0, 0, 1, 0.3), '#FCA311')).toBe(0);
  // The second: the image covers the background, and the caption stands over it.
  expect(shareOf(look(image, 0, 0, 0.2, 0.2), '#0B6E4F')).toBeLessThan(0.05);
  expect(shareOf(look(image, 0.25, 0.85, 0.75, 0.98), '#FFFFFF')).toBeGreaterThan(0.02);
  // The third: three lines in the middle, wrapped clear of the edges.
  expect(shareOf(look(wrapped, 0.2, 0.3, 0.8, 0.7), '#FFFFFF')).toBeGreaterThan(0.05);
  expect(shareOf(look(wrapped, 0, 0, 0.05, 1), '#7B2CBF')).toBeGreaterThan(0.95);
  expect(shareOf(look(wrapped, 0.95, 0, 1, 1), '#7B2CBF')).toBeGreaterThan(0.95);
  // The clip: the caption that the command drew, dark box and white letters.
  expect(shareOf(look({ row: 1, column: 0 }, 0.3, 0.8, 0.7, 0.93), '#FFFFFF')).toBeGreaterThan(0.01);
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
