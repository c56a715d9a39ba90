import fc from 'fast-check';
import { expect, it } from 'vitest';
import { trackProgress } from './render-progress.ts';

it('never falls, never says 1 before the end, and says it once at the end', () => {
  const share = fc.oneof(fc.double(), fc.double({ min: 0, max: 1 }));
  fc.assert(
    fc.property(fc.array(fc.tuple(share, fc.boolean()), { maxLength: 50 }), (shares) => {
      const seen: number[] = [];
      const progress = trackProgress((fraction) => seen.push(fraction));
      const [first, second] = [progress.step(0, 0.2), progress.step(0.2, 1)];
      for (const [value, early] of shares) (early ? first : second)(value);
      progress.finish();
      expect(seen).toEqual([...seen].sort((a, b) => a - b));
      expect(seen.filter((fraction) => fraction >= 1)).toEqual([1]);
      expect(seen.every((fraction) => fraction > 0)).toBe(true);
    }),
  );
});

it('maps a step into its span', () => {
  const seen: number[] = [];
  const progress = trackProgress((fraction) => seen.push(fraction));
  progress.step(0.2, 0.6)(0.5);
  expect(seen).toEqual([0.4]);
});
