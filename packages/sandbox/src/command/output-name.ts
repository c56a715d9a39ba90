import { RenderFault } from '../engine/renderer.ts';
import { printable } from './filter-policy.ts';

const EXTENSIONS =
  'mp4 mkv webm mov avi ts gif png jpg jpeg webp mp3 wav flac ogg aac opus m4a srt vtt ass m3u8 mpd m4s';
const NAME = /^[A-Za-z0-9_][A-Za-z0-9_ .()%+-]{0,150}$/;

/** One counter at most, as image sequences and segments use it: `%d`, `%03d`; DASH adds `$Number$`-style names. */
const COUNTER = /%(?!0?\d?d)/;

/**
 * Checks the name of a file that the command writes: a plain name with a known ending, no folder.
 * Throws RenderFault `invalid-command`.
 */
export function checkOutputName(name: string): string {
  const known = EXTENSIONS.split(' ').some((extension) => name.toLowerCase().endsWith(`.${extension}`));
  if (NAME.test(name) && known && !COUNTER.test(name) && name.split('%').length <= 2) return name;
  throw new RenderFault(
    'invalid-command',
    `Output '${printable(name)}' is not allowed. Use a plain file name with a known ending, such as 'output.mp4'.`,
  );
}

/** Replaces the ending of an output, or adds one, because the caller asked for a format beside the command. */
export function withFormat(name: string, format: string | undefined): string {
  if (format === undefined || name.toLowerCase().endsWith(`.${format}`)) return name;
  const dot = name.lastIndexOf('.');
  return `${dot > 0 ? name.slice(0, dot) : name}.${format}`;
}
