/** Two letters in the wrong order are two edits. */
const SWAP = 2;

/** The word that somebody most likely meant: it begins as written, or few letters of it are wrong. */
export function nearestWord(written: string, words: readonly string[]): string | undefined {
  const scored = words.map((word) => ({ word, edits: isBegun(written, word) ? 0 : countEdits(written, word) }));
  const [best] = scored.toSorted((left, right) => left.edits - right.edits);
  return best !== undefined && best.edits <= Math.max(SWAP, best.word.length / 3) ? best.word : undefined;
}

function isBegun(written: string, word: string): boolean {
  return written.length >= 3 && word.startsWith(written);
}

/** Letters to insert, remove or replace until `from` is `to` (Levenshtein), row by row. */
function countEdits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [at, letter] of [...from].entries()) {
    let left = at + 1;
    row = [
      left,
      ...[...to].map((other, column) => {
        const replaced = (row[column] ?? 0) + (letter === other ? 0 : 1);
        left = Math.min(left + 1, (row[column + 1] ?? 0) + 1, replaced);
        return left;
      }),
    ];
  }
  return row[to.length] ?? 0;
}
