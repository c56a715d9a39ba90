/** More choices than this, multiplied over a pattern, and it is not tried. */
const MOST_CHOICES = 4096;
const MOST_CHOICES_PER_PAIR = 16;
const LONGEST_PATTERN = 400;

const ESCAPE = /\\(?:[pP]\{[^}]*\}|u\{[^}]*\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|c[A-Za-z]|[\s\S])/g;
const QUANTIFIER = /[*+?]|\{(\d+)(?:(,)(\d*))?\}/g;
/** A group that holds no other, with its quantifier. */
const GROUP = /\((?:\?:)?([^()]*)\)([*+?]|\{[^}]*\})?/;

/**
 * Whether a regular expression out of a schema is sure to be fast: its work grows at most with the square of the text.
 * A schema is somebody else's text, and a pattern like `(a+)+$` would stop the process. What this cannot follow counts as
 * not cheap: back references, look-around, a repeated group with choices or repeats inside.
 */
export function isCheapPattern(source: string): boolean {
  if (source.length > LONGEST_PATTERN || !compiles(source)) return false;
  if (/\\[1-9k]|\(\?(?!:)/.test(source)) return false;
  // Escapes and classes each stand for one character; a lazy quantifier costs what a greedy one does.
  let plain = source
    .replace(ESCAPE, 'a')
    .replace(/\[[^\]]*\]/g, 'a')
    .replace(/([*+?}])\?/g, '$1');
  const isAnchored = plain.startsWith('^') && !hasTopLevelChoice(plain);
  let choices = 1;
  for (let group = GROUP.exec(plain); group !== null; group = GROUP.exec(plain)) {
    const [whole, inner = '', quantifier] = group;
    const isRepeated = quantifier !== undefined && quantifier !== '?';
    if (isRepeated && /[*+?{|]/.test(inner)) return false;
    choices *= inner.split('|').length * (quantifier === '?' ? 2 : 1);
    const flat = isRepeated ? `a${quantifier}` : inner.replaceAll('|', '');
    plain = plain.replace(whole, () => flat);
  }
  choices *= plain.split('|').length;
  let power = isAnchored ? 0 : 1;
  for (const [quantifier, least, isRange, most] of plain.matchAll(QUANTIFIER)) {
    const isOpen = quantifier === '*' || quantifier === '+' || (isRange !== undefined && most === '');
    if (isOpen) power += 1;
    else if (quantifier === '?') choices *= 2;
    else if (isRange !== undefined) choices *= Number(most) - Number(least) + 1;
  }
  return power <= 1 ? choices <= MOST_CHOICES : power === 2 && choices <= MOST_CHOICES_PER_PAIR;
}

function compiles(source: string): boolean {
  try {
    return new RegExp(source, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}

function hasTopLevelChoice(plain: string): boolean {
  let depth = 0;
  for (const letter of plain) {
    if (letter === '(') depth += 1;
    else if (letter === ')') depth -= 1;
    else if (letter === '|' && depth === 0) return true;
  }
  return false;
}
