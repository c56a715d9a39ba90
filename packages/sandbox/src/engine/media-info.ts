import type { EngineSession } from './engine.ts';

export interface MediaInfo {
  readonly durationSeconds?: number;
  readonly width?: number;
  readonly height?: number;
  /** Name of the colour matrix, for example `bt709`; missing where the file does not say. */
  readonly colorMatrix?: string;
  /** Present where the video's pixels can be see-through. */
  readonly hasAlpha?: true;
  readonly hasVideo: boolean;
  readonly hasAudio: boolean;
}

/** Reads what FFmpeg prints about an input: `Duration: 00:00:05.00` and one line for each stream. */
export function parseMediaInfo(log: string): MediaInfo {
  const start = log.indexOf('Input #0');
  const about = start < 0 ? '' : log.slice(start);
  const duration = /Duration: (\d+):(\d{2}):(\d{2}(?:\.\d+)?)/.exec(about);
  const streams = about.split('\n').filter((line) => /^\s*Stream #0:/.test(line));
  const video = streams.find((line) => line.includes(': Video:') && !line.includes('(attached pic)'));
  const size = video === undefined ? null : /,\s(\d{1,5})x(\d{1,5})[\s,]/.exec(`${video} `);
  // `yuv420p(tv, bt709, progressive)`; matrix, primaries and transfer are written apart only where they differ.
  const alpha = /, (?:yuva\w+|[rgba]*a[rgba]*\d*(?:le|be)?|gbrap\w*|pal8)[(, ]/.test(video ?? '');
  const matrix = /\((?:tv|pc), ([a-z0-9]+)[/,)]/.exec(video ?? '')?.[1];
  return {
    hasVideo: video !== undefined,
    hasAudio: streams.some((line) => line.includes(': Audio:')),
    ...(duration === null
      ? {}
      : { durationSeconds: Number(duration[1]) * 3600 + Number(duration[2]) * 60 + Number(duration[3]) }),
    ...(alpha ? { hasAlpha: true } : {}),
    ...(matrix === undefined || ['progressive', 'unknown', 'top', 'bottom'].includes(matrix)
      ? {}
      : { colorMatrix: matrix }),
    ...(size === null ? {} : { width: Number(size[1]), height: Number(size[2]) }),
  };
}

/** Whether a run ended because it had no output to write: FFmpeg's way of describing its inputs, with code 1. */
export function describedOnly(log: string): boolean {
  return /^At least one output file must be specified\s*$/m.test(log);
}

/**
 * Asks the engine about one file of the work folder. A file that it cannot read has no streams and no duration.
 * `demuxers` narrows the readers that it may use, for files that somebody else made.
 */
export async function probeFile(
  session: EngineSession,
  name: string,
  demuxers: readonly string[] = [],
): Promise<MediaInfo> {
  const readers = demuxers.length === 0 ? [] : ['-format_whitelist', demuxers.join(',')];
  const { log } = await session.exec(['-protocol_whitelist', 'file', ...readers, '-i', name]);
  return parseMediaInfo(log);
}
