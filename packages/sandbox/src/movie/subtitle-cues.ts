import { drawableText } from './drawable-text.ts';
import type { TextElement } from './movie.ts';

/** One line of subtitles, in seconds of the film. */
export interface Cue {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const TIMING =
  /^(?:(\d+):)?(\d{1,2}):(\d{1,2}[.,]\d{1,3})[ \t]+-->[ \t]+(?:(\d+):)?(\d{1,2}):(\d{1,2}[.,]\d{1,3})(?:[ \t].*)?$/;
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  nbsp: '\u00a0',
  lrm: '\u200e',
  rlm: '\u200f',
};

/**
 * Reads an SRT or WebVTT file. Cue settings, styles and comments are left out, and so are tags such as `<i>` and
 * `{\an8}`: what remains is the text. A cue without a readable time is skipped.
 */
export function parseCues(file: string): readonly Cue[] {
  const blocks = file
    .replace(/^\ufeff/, '')
    .replace(/\r\n?/g, '\n')
    .split(/\n[ \t]*\n/);
  return blocks.flatMap((block): readonly Cue[] => {
    const lines = block.split('\n');
    const at = lines.findIndex((line) => TIMING.test(line.trim()));
    const times = TIMING.exec(lines[at]?.trim() ?? '');
    if (times === null) return [];
    const text = plainText(lines.slice(at + 1).join('\n'));
    return text === '' ? [] : [{ start: secondsOf(times, 1), end: secondsOf(times, 4), text }];
  });
}

/**
 * Turns cues into texts of the film. Cues may come in any order; one that begins while another is shown replaces it, and
 * one that ends before it begins is left out with a warning.
 */
export function cueElements(cues: readonly Cue[], style: TextElement, warnings: string[]): readonly TextElement[] {
  const numbered = cues.map((cue, index) => ({ ...cue, path: `subtitles/cues/${index}` }));
  const backwards = numbered.filter(({ start, end }) => end <= start);
  for (const { path } of backwards) warnings.push(`${path}: the cue ends before it begins and is not shown.`);
  const shown = numbered.filter(({ start, end }) => end > start).sort((a, b) => a.start - b.start);
  return shown.flatMap(({ start, end, text, path }, index) => {
    const next = shown[index + 1]?.start ?? Number.POSITIVE_INFINITY;
    if (next <= start) return [];
    return [{ ...style, path, text: drawableText(text).text, start, end: Math.min(end, next) }];
  });
}

function secondsOf(times: RegExpExecArray, at: number): number {
  const [hours = '0', minutes = '0', rest = '0'] = times.slice(at, at + 3);
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(rest.replace(',', '.'));
}

function plainText(text: string): string {
  return text
    .replace(/<\/?[a-z0-9][^>]*>|\{\\[^}]*\}/gi, '')
    .replace(/&(amp|lt|gt|nbsp|lrm|rlm);/g, (_, name: string) => ENTITIES[name] ?? '')
    .trim();
}
