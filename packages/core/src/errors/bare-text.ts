/** A text reduced to its letters and digits in lower case, each with the part of the text that it came from. */
export interface BareText {
  readonly letters: string;
  /** Where the source of each letter begins and ends. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

interface Traced {
  readonly text: string;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/** One character as URLs, JSON and HTML write it, also where it was escaped several times over. */
const ESCAPED =
  /%(?:25)*(?<percent>[0-9a-f]{2})|\\+u(?<json>[0-9a-f]{4})|\\+u\{0*(?<braced>[0-9a-f]{1,6})\}|\\+x(?<hex>[0-9a-f]{2})|&(?:amp;)*#x0*(?<html>[0-9a-f]{1,6});?|&(?:amp;)*#0*(?<decimal>\d{1,7});?/gi;
/** Line breaks and the like inside JSON text: no letters, although they are written with one. */
const ESCAPED_SPACE = /\\[bfnrt]/g;
/** An escape may itself be escaped in another way; nobody does it more often than this. */
const MAX_ROUNDS = 4;

const LETTER = /^[\p{L}\p{N}]$/u;
const [DIGIT_0, DIGIT_9, UPPER_A, UPPER_Z, LOWER_A, LOWER_Z] = [0x30, 0x39, 0x41, 0x5a, 0x61, 0x7a];

/**
 * A secret survives anything that is put between its letters, and most of what is done to its punctuation; so it is
 * looked for by its letters alone.
 * @param skipsEscapedSpace Whether `\n` is a line break or, as in `C:\new`, a letter behind a backslash.
 */
export function bareText(text: string, skipsEscapedSpace = false): BareText {
  const { text: plain, starts: from, ends: to } = unescaped(text, skipsEscapedSpace);
  let letters = '';
  const starts: number[] = [];
  const ends: number[] = [];
  for (let at = 0; at < plain.length; ) {
    const char = String.fromCodePoint(plain.codePointAt(at) ?? 0);
    const last = at + char.length - 1;
    if (isLetter(char)) {
      const lower = char.toLowerCase();
      letters += lower;
      for (let unit = 0; unit < lower.length; unit += 1) {
        starts.push(from[at] ?? at);
        ends.push(to[last] ?? last + 1);
      }
    }
    at = last + 1;
  }
  return { letters, starts, ends };
}

/** The character that a match of an escape stands for. */
export function escapedChar(groups: Readonly<Record<string, string | undefined>> | undefined): string {
  const { percent, json, braced, hex, html, decimal } = groups ?? {};
  const code = decimal === undefined ? Number.parseInt(percent ?? json ?? braced ?? hex ?? html ?? '0', 16) : +decimal;
  return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
}

/** Text without the escapes that hide nothing but letters, digits and what may stand in a URL as it is. */
export function withoutNeedlessEscapes(text: string): string {
  let plain = text;
  for (let round = 0; round < MAX_ROUNDS && /[%\\&]/.test(plain); round += 1) {
    const next = plain.replace(ESCAPED, (whole, ...rest) => {
      const char = escapedChar(rest.at(-1) as Record<string, string | undefined>);
      return /^[\w.~-]$/.test(char) ? char : whole;
    });
    if (next === plain) break;
    plain = next;
  }
  return plain;
}

function unescaped(text: string, skipsEscapedSpace: boolean): Traced {
  let traced: Traced = { text, starts: [], ends: [] };
  if (!/[%\\&]/.test(text)) return traced;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const next = replaced(traced, ESCAPED, ({ groups }) => escapedChar(groups));
    if (next === traced) break;
    traced = next;
  }
  return skipsEscapedSpace ? replaced(traced, ESCAPED_SPACE, () => '') : traced;
}

/** Like `replaceAll`, keeping track of where everything came from. */
function replaced(traced: Traced, pattern: RegExp, replace: (match: RegExpExecArray) => string): Traced {
  const { text } = traced;
  let next = '';
  const starts: number[] = [];
  const ends: number[] = [];
  let done = 0;
  const startOf = (index: number) => traced.starts[index] ?? index;
  const endOf = (index: number) => traced.ends[index] ?? index + 1;
  const copy = (end: number) => {
    for (let index = done; index < end; index += 1) {
      starts.push(startOf(index));
      ends.push(endOf(index));
    }
    next += text.slice(done, end);
  };
  for (const match of text.matchAll(pattern)) {
    const end = match.index + match[0].length;
    copy(match.index);
    const char = replace(match);
    next += char;
    for (let unit = 0; unit < char.length; unit += 1) {
      starts.push(startOf(match.index));
      ends.push(endOf(end - 1));
    }
    done = end;
  }
  if (done === 0) return traced;
  copy(text.length);
  return { text: next, starts, ends };
}

function isLetter(char: string): boolean {
  const code = char.charCodeAt(0);
  if (code < 0x80) {
    return (
      (code >= LOWER_A && code <= LOWER_Z) ||
      (code >= DIGIT_0 && code <= DIGIT_9) ||
      (code >= UPPER_A && code <= UPPER_Z)
    );
  }
  return LETTER.test(char);
}
