import type { EngineInfo } from '../engine/renderer.ts';
import type { Movie, Quality } from './movie.ts';

/** x264's effort and quality (lower is better) for each wire quality. WebAssembly runs on one thread: it spends less. */
const PRESETS: Readonly<Record<EngineInfo['kind'], Readonly<Record<Quality, readonly [preset: string, crf: number]>>>> =
  {
    native: { low: ['ultrafast', 28], medium: ['veryfast', 23], high: ['medium', 20] },
    wasm: { low: ['ultrafast', 28], medium: ['ultrafast', 23], high: ['veryfast', 20] },
  };

/** From the colours of a picture to those of a film; exact rounding, or a still and a moving part would differ. */
export const TO_FILM_COLORS =
  'scale=in_range=pc:out_range=tv:out_color_matrix=bt709:flags=bicubic+accurate_rnd+full_chroma_int';

/** Metadata and version strings would make two runs of one script differ. */
const REPEATABLE = ['-map_metadata', '-1', '-fflags', '+bitexact', '-flags', '+bitexact'];

/** A closed group of identical frames, encoded once and shown `times` in a row. */
export interface FilmPart {
  readonly frames: number;
  readonly times: number;
}

export interface EncoderChoice {
  readonly kind: EngineInfo['kind'];
  readonly threads: number;
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

/** How many stills one run encodes: a start costs as much as a second of film, an encoder a few dozen frames of memory. */
export function stillsPerRun({ width, height }: Movie): number {
  const HD_PIXELS = 1280 * 720;
  return Math.max(1, Math.min(8, Math.floor((8 * HD_PIXELS) / (width * height))));
}

/** Arguments that hold pictures for a number of frames each, as one H.264 file each. */
export function encodeArgs(
  requests: readonly EncodeRequest[],
  movie: Movie,
  encoder: EncoderChoice,
): readonly string[] {
  const fps = String(movie.fps);
  return [
    ...requests.flatMap(({ picture }) => ['-threads', '1', '-f', 'png_pipe', '-framerate', fps, '-i', picture]),
    ...requests.flatMap(({ frames, output }, index) => {
      // Converting before repeating converts one frame instead of all of them.
      const hold = `${TO_FILM_COLORS},format=yuv420p,setsar=1,loop=loop=${frames - 1}:size=1,setpts=N/${fps}/TB`;
      return ['-map', `${index}:v`, '-vf', hold, ...videoArgs(movie, encoder), output];
    }),
  ];
}

/** How every part of a film is encoded: parts that were encoded differently could not be joined without doing it again. */
export function videoArgs({ fps, quality }: Movie, { kind, threads }: EncoderChoice): readonly string[] {
  const [preset, crf] = PRESETS[kind][quality];
  return [
    ...['-r', String(fps), '-an', '-c:v', 'libx264', '-preset', preset, '-crf', String(crf)],
    ...['-g', String(Math.max(1, Math.round(fps * 2))), '-threads', String(threads)],
    // Untagged HD video is BT.709 to every player; saying so makes small films look the same too.
    ...['-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709', '-color_range', 'tv'],
    ...REPEATABLE,
  ];
}

/** AAC in stereo, for the sound of a whole film. */
export const SOUND_ARGS: readonly string[] = [
  ...['-vn', '-c:a', 'aac', '-b:a', '160k', '-ar', '48000', '-ac', '2'],
  ...REPEATABLE,
];

/** Arguments that join finished parts without encoding again. `listFile` holds their names in concat syntax. */
export function joinArgs(listFile: string, sound: string | undefined, output: string): readonly string[] {
  return [
    ...['-f', 'concat', '-i', listFile],
    ...(sound === undefined ? [] : ['-i', sound, '-map', '0:v', '-map', '1:a']),
    ...['-c', 'copy', ...REPEATABLE, '-movflags', '+faststart', output],
  ];
}
