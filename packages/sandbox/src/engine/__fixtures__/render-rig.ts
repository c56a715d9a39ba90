import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCanvas } from '../../media/canvas.ts';
import { createRenderer, type RendererOptions } from '../create-renderer.ts';
import type { CommandTask, MovieTask, RenderContext, Renderer, RenderResult } from '../renderer.ts';
import { selectEngines } from '../select-engine.ts';

export type EngineKind = 'native' | 'wasm';

/** The engines that this machine has: WebAssembly always, a native one where `FFMPEG_PATH` or the PATH offers it. */
export async function availableEngines(): Promise<readonly EngineKind[]> {
  const native = selectEngines({
    ffmpegPath: process.env.FFMPEG_PATH,
    pathEnv: process.env.PATH ?? '',
    forceEngine: 'native',
  });
  return native.then(
    () => ['wasm', 'native'],
    () => ['wasm'],
  );
}

export interface Rig {
  readonly renderer: Renderer;
  /** A fresh folder below the rig's own. */
  folder(): Promise<string>;
  movie(movie: MovieTask, context?: Partial<RenderContext>): Promise<RenderResult>;
  command(command: string, task?: Partial<CommandTask>, context?: Partial<RenderContext>): Promise<RenderResult>;
  /** The pixels of a film at a moment, decoded by the engine. */
  frame(path: string, seconds: number): Promise<Frame>;
  close(): Promise<void>;
}

export interface Frame {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue, 0 to 255. */
  at(x: number, y: number): readonly [number, number, number];
  /** The smallest rectangle around all pixels that differ clearly from the colour at the top left corner. */
  drawn(): { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number } | undefined;
}

export async function createRig(kind: EngineKind, options: RendererOptions = {}): Promise<Rig> {
  const root = await mkdtemp(join(tmpdir(), 'render-rig-'));
  const renderer = await createRenderer({ forceEngine: kind, ...options });
  const folder = () => mkdtemp(join(root, 'job-'));
  const contextOf = async (context: Partial<RenderContext> = {}): Promise<RenderContext> => ({
    workDir: await folder(),
    signal: new AbortController().signal,
    timeoutMs: 100_000,
    onProgress: () => undefined,
    ...context,
  });
  const command: Rig['command'] = async (text, task, context) =>
    renderer.renderCommand({ command: text, inputs: {}, ...task }, await contextOf(context));
  return {
    renderer,
    folder,
    command,
    movie: async (movie, context) => renderer.renderMovie(movie, await contextOf(context)),
    async frame(path, seconds) {
      const result = await command(`-ss ${seconds} -i film -frames:v 1 frame.png`, { inputs: { film: { path } } });
      return decode(await readFile(result.files[0]?.path ?? ''));
    },
    async close() {
      await renderer.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

export async function filesIn(folder: string): Promise<readonly string[]> {
  return (await readdir(folder, { recursive: true })).sort();
}

async function decode(png: Buffer): Promise<Frame> {
  const { createCanvas, loadImage } = await loadCanvas();
  const image = await loadImage(withoutColourChunks(png));
  const { width, height } = image;
  const pen = createCanvas(width, height).getContext('2d');
  pen.drawImage(image, 0, 0);
  const { data } = pen.getImageData(0, 0, width, height);
  const at = (x: number, y: number) => {
    const [red = 0, green = 0, blue = 0] = data.subarray((y * width + x) * 4);
    return [red, green, blue] as const;
  };
  return {
    width,
    height,
    at,
    drawn() {
      const ground = at(0, 0);
      let box: { left: number; top: number; right: number; bottom: number } | undefined;
      for (let y = 0; y < height; y += 1) {
        for (let x = 0; x < width; x += 1) {
          if (at(x, y).every((value, index) => Math.abs(value - (ground[index] ?? 0)) < 60)) continue;
          box ??= { left: x, top: y, right: x, bottom: y };
          box = { left: Math.min(box.left, x), top: box.top, right: Math.max(box.right, x), bottom: y };
        }
      }
      return box;
    },
  };
}

/** Native FFmpeg tags PNG with the film's transfer curve; canvas would convert by it, and colours would not compare. */
function withoutColourChunks(png: Buffer): Buffer {
  const kept = [png.subarray(0, 8)];
  for (let at = 8; at < png.length; ) {
    const length = 12 + png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    if (!['gAMA', 'cHRM', 'cICP', 'iCCP'].includes(type)) kept.push(png.subarray(at, at + length));
    at += length;
  }
  return Buffer.concat(kept);
}
