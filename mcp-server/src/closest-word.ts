/** Edit distance with transpositions (optimal string alignment). */
function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

const normal = (word: string): string => word.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

/** The known word that was probably meant, or undefined when none is near: at most a third of its letters differ. */
export function closestWord(word: string, known: readonly string[]): string | undefined {
  const wanted = normal(word.slice(0, 64));
  let best: { readonly word: string; readonly away: number } | undefined;
  for (const candidate of known) {
    const target = normal(candidate);
    const away = target !== '' && wanted.startsWith(target) ? 1 : distance(wanted, target);
    if (away <= Math.max(1, Math.floor(target.length / 3)) && away < (best?.away ?? Number.POSITIVE_INFINITY)) {
      best = { word: candidate, away };
    }
  }
  return best?.word;
}
