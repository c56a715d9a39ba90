import { undrawableWords } from '../media/fonts.ts';
import type { MovieElement } from './movie.ts';

/** A long film in letters that the font lacks has a warning for each of its texts. */
const MAX_WARNINGS = 100;

/** Names the words of each text that no packaged font can draw. */
export async function glyphWarnings(elements: readonly MovieElement[]): Promise<readonly string[]> {
  const found = elements.map(async (element) => {
    if (element.type !== 'text') return [];
    const words = await undrawableWords(element.text);
    if (words.length === 0) return [];
    const named = words
      .slice(0, 5)
      .map(({ word, missing }) => `“${word.slice(0, 40)}” (${missing.slice(0, 10).join(' ')})`);
    const more = words.length > named.length ? ` and ${words.length - named.length} more` : '';
    return [
      `${element.path}: no packaged font has every glyph of ${named.join(', ')}${more}; boxes or plain characters stand in.`,
    ];
  });
  return (await Promise.all(found)).flat();
}

/** The warnings that a caller gets, and how many more there are. */
export function boundedWarnings(warnings: readonly string[]): readonly string[] {
  if (warnings.length <= MAX_WARNINGS) return warnings;
  const kept = warnings.slice(0, MAX_WARNINGS - 1);
  return [...kept, `${warnings.length - kept.length} more warnings are not shown.`];
}
