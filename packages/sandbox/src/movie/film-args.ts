import type { EngineInfo } from '../engine/renderer.ts';
import type { Movie, Quality } from './movie-script.ts';

/** x264's effort and quality (lower is better) for each wire quality. WebAssembly runs on one thread: it spends less. */
const PRESETS: Readonly<Record<EngineInfo['kind'], Readonly<Record<Quality, readonly [preset: string, crf: number]>>>> =
  {
    native: { low: ['ultrafast', 28], medium: ['veryfast', 23], high: ['medium', 20] },
    wasm: { low: ['ultrafast', 28], medium: ['ultrafast', 23], high: ['veryfast', 20] },
  };

/** A closed group of identical frames, encoded once and shown `times` in a row. */
export interface FilmPart {
  readonly frames: number;
  readonly times: number;
}

/**
 * Splits a still into parts of about one second. Encoding one second and repeating its packets costs the same for a
 * still of five seconds as for one of ten minutes, and a key frame a second makes the film easy to seek in.
 */
export function partsOf(frames: number, fps: number): readonly FilmPart[] {
  const second = Math.max(1, Math.round(fps));
  if (frames < 2 * second) return [{ frames, times: 1 }];
  const rest = frames % second;
  const whole = { frames: second, times: Math.floor(frames / second) };
  return rest === 0 ? [whole] : [whole, { frames: rest, times: 1 }];
}

export interface EncodeRequest {
  readonly picture: string;
  readonly frames: number;
  readonly output: string;
}

/** Arguments that hold a picture for a number of frames, as H.264. */
export function encodeArgs(
  { picture, frames, output }: EncodeRequest,
  { fps, quality }: Movie,
  engine: EngineInfo['kind'],
  threads: number,
): readonly string[] {
  const [preset, crf] = PRESETS[engine][quality];
  const convert = 'scale=in_range=pc:out_range=tv:out_color_matrix=bt709:flags=bicubic+accurate_rnd+full_chroma_int';
  // Converting before repeating converts one frame instead of all of them.
  const hold = `${convert},format=yuv420p,setsar=1,loop=loop=${frames - 1}:size=1,setpts=N/${fps}/TB`;
  return [
    ...['-f', 'png_pipe', '-framerate', String(fps), '-i', picture, '-vf', hold, '-r', String(fps)],
    ...['-c:v', 'libx264', '-preset', preset, '-crf', String(crf), '-threads', String(threads)],
    // Untagged HD video is BT.709 to every player; saying so makes small films look the same too.
    ...['-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709', '-color_range', 'tv'],
    ...['-map_metadata', '-1', '-fflags', '+bitexact', output],
  ];
}

/** Arguments that join finished parts without encoding again. `listFile` holds their names in concat syntax. */
export function joinArgs(listFile: string, output: string): readonly string[] {
  return [
    ...['-f', 'concat', '-i', listFile, '-c', 'copy', '-map_metadata', '-1', '-fflags', '+bitexact'],
    ...['-movflags', '+faststart', output],
  ];
}
