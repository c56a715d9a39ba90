import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs, slotWaitMs } from './backoff.ts';

const inputs = fc.record({
  failures: fc.integer({ min: 1, max: 60 }),
  roll: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  floorMs: fc.option(fc.integer({ min: 0, max: 86_400_000 }), { nil: undefined }),
});

describe('backoff', () => {
  it('doubles its ceiling from half a second up to thirty', () => {
    const almostOne = () => 1 - Number.EPSILON;
    expect([1, 2, 3, 4, 5, 6, 7, 8, 50].map((failures) => backoffMs({ failures, random: almostOne }))).toEqual([
      500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000,
    ]);
    expect(backoffMs({ failures: 5, random: () => 0 })).toBe(0);
    expect(backoffMs({ failures: 5, random: () => 0.25 })).toBe(2_000);
  });

  it("is never below the server's own word, and never above its ceiling without one", () => {
    fc.assert(
      fc.property(inputs, ({ failures, roll, floorMs }) => {
        const wait = backoffMs({ failures, random: () => roll, floorMs });
        expect(wait).toBeGreaterThanOrEqual(floorMs ?? 0);
        expect(wait).toBeLessThanOrEqual(Math.max(30_000, (floorMs ?? 0) + 250));
      }),
    );
  });

  it('spreads waiters above the word of the server', () => {
    expect(backoffMs({ failures: 1, random: () => 0.5, floorMs: 7_000 })).toBe(7_125);
  });
});

describe('the wait for a slot', () => {
  it('grows from 2 s to 15 s, with jitter on top only', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 20].map((failures) => slotWaitMs({ failures, random: () => 0 }))).toEqual([
      2_000, 3_000, 4_500, 6_750, 10_125, 15_000, 15_000, 15_000,
    ]);
    fc.assert(
      fc.property(inputs, ({ failures, roll, floorMs }) => {
        const wait = slotWaitMs({ failures, random: () => roll, floorMs });
        expect(wait).toBeGreaterThanOrEqual(floorMs ?? 2_000);
        expect(wait).toBeLessThanOrEqual(floorMs === undefined ? 18_000 : floorMs + 250);
      }),
    );
  });
});
