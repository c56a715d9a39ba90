import { bareText } from './bare-text.ts';

export const REDACTED = '[redacted]';

/** Shorter ones are left: they would tear innocent words. */
const SHORTEST_SECRET = 8;
const FEWEST_LETTERS = 6;
/** Keys of accounts that this process used last. The wire guards the key of its own call besides. */
const MOST_SECRETS = 1_000;
/** Beyond this a text is no message but a whole answer, and taking it apart would cost more than it is worth. */
const LONGEST_MESSAGE = 65_536;
/** Letters of a form by which it is found in the index; four char codes fit into one number. */
const TAIL = 4;

/** By secret, the least recently used first: what it looks like in a bare text. */
const known = new Map<string, readonly string[]>();
/** All those forms by their last letters, so that a text is read once, however many secrets there are. */
const byTail = new Map<number, Set<string>>();

type Span = readonly [start: number, end: number];

/**
 * Remembers a secret for as long as it is among the last that were used, so that no text of an error shows it from now
 * on, whoever wrote the text.
 */
export function keepSecret(secret: string): void {
  if (secret.length < SHORTEST_SECRET) return;
  const forms = known.get(secret) ?? formsOf(secret);
  known.delete(secret);
  known.set(secret, forms);
  for (const form of forms) {
    const tail = tailAt(form, form.length - 1);
    const others = byTail.get(tail);
    if (others === undefined) byTail.set(tail, new Set([form]));
    else others.add(form);
  }
  const [oldest] = known.size > MOST_SECRETS ? known : [];
  if (oldest === undefined) return;
  known.delete(oldest[0]);
  for (const form of oldest[1]) byTail.get(tailAt(form, form.length - 1))?.delete(form);
}

/** Text without any secret that is known, whatever it was escaped, encoded or torn apart with. */
export function withoutKnownSecrets(text: string): string {
  if (known.size === 0 || text.length < SHORTEST_SECRET) return text;
  return withoutSpans(text, (letters) => {
    const found: Span[] = [];
    let tail = 0;
    for (let at = 0; at < letters.length; at += 1) {
      tail = ((tail << 8) | (letters.charCodeAt(at) & 0xff)) >>> 0;
      for (const form of byTail.get(tail) ?? []) {
        if (letters.endsWith(form, at + 1)) found.push([at + 1 - form.length, at + 1]);
      }
    }
    return found;
  });
}

/**
 * Text without one secret, in any of the forms that {@link withoutKnownSecrets} sees; out of more than 64 KiB, as it is
 * and as it stands in a URL. A secret of fewer than eight characters is left.
 */
export function withoutSecret(text: string, secret: string): string {
  if (secret.length < SHORTEST_SECRET) return text;
  const literally = text.replaceAll(secret, REDACTED).replaceAll(encodeURIComponent(secret), REDACTED);
  if (text.length > LONGEST_MESSAGE) return literally;
  const forms = known.get(secret) ?? formsOf(secret);
  return withoutSpans(literally, (letters) => {
    const found: Span[] = [];
    for (const form of forms) {
      for (let at = letters.indexOf(form); at >= 0; at = letters.indexOf(form, at + form.length)) {
        found.push([at, at + form.length]);
      }
    }
    return found;
  });
}

function withoutSpans(text: string, find: (letters: string) => readonly Span[]): string {
  const once = withoutSpansIn(text, find, false);
  return /\\[bfnrt]/.test(once) ? withoutSpansIn(once, find, true) : once;
}

function withoutSpansIn(text: string, find: (letters: string) => readonly Span[], skipsEscapedSpace: boolean): string {
  const { letters, starts, ends } = bareText(text, skipsEscapedSpace);
  const found = find(letters);
  if (found.length === 0) return text;
  let clean = '';
  let done = 0;
  for (const [first, end] of [...found].sort(([a], [b]) => a - b)) {
    const [start, stop] = [starts[first] ?? 0, ends[end - 1] ?? text.length];
    // Overlapping forms make one gap.
    if (start >= done) clean += text.slice(done, start) + REDACTED;
    done = Math.max(done, stop);
  }
  return clean + text.slice(done);
}

/** What a secret looks like in a bare text: as it is, in base64 wherever it stands in what was encoded, and as bytes. */
function formsOf(secret: string): readonly string[] {
  const utf8 = new TextEncoder().encode(secret);
  const asBytes = String.fromCharCode(...utf8);
  const spellings = asBytes === secret ? [secret] : [secret, asBytes];
  const encoded = spellings.flatMap((spelling) => {
    if (/[^\0-\xff]/.test(spelling)) return [];
    const codes = Array.from(spelling, (char) => char.charCodeAt(0));
    return [
      ...[0, 1, 2].map((offset) => base64Middle(spelling, offset)),
      codes.map((code) => code.toString(16).padStart(2, '0')).join(''),
      codes.join(''),
    ];
  });
  const forms = [...spellings, ...encoded].map((form) => bareText(form).letters);
  return [...new Set(forms)].filter((letters) => letters.length >= FEWEST_LETTERS);
}

/** The base64 digits that depend on the text alone when `offset` bytes, modulo three, stand before it. */
function base64Middle(text: string, offset: number): string {
  const digits = btoa('\0'.repeat(offset) + text);
  return digits.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + text.length) * 8) / 6));
}

function tailAt(letters: string, last: number): number {
  let tail = 0;
  for (let at = last - TAIL + 1; at <= last; at += 1) tail = ((tail << 8) | (letters.charCodeAt(at) & 0xff)) >>> 0;
  return tail;
}
