import { distance } from 'fastest-levenshtein';

/** Longer words are cut: nobody mistypes one of ours at that length, and the work stays bounded. */
const LONGEST = 64;

/**
 * The known word that was probably meant, or undefined when none is near: at most a third of its letters differ. Case
 * and punctuation do not count, and a known word with something behind it is taken for that word.
 */
export function closestWord(word: string, known: readonly string[]): string | undefined {
  if (typeof word !== 'string' || !Array.isArray(known)) return undefined;
  const wanted = letters(word.slice(0, LONGEST));
  let best: { readonly word: string; readonly away: number } | undefined;
  for (const candidate of known) {
    if (typeof candidate !== 'string') continue;
    const target = letters(candidate.slice(0, LONGEST));
    if (target === '') continue;
    const away = target !== wanted && wanted.startsWith(target) ? 1 : distance(wanted, target);
    if (away <= Math.max(1, Math.floor(target.length / 3)) && away < (best?.away ?? Number.POSITIVE_INFINITY)) {
      best = { word: candidate, away };
    }
  }
  return best?.word;
}

function letters(word: string): string {
  return word.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}
