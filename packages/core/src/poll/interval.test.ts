import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lookBudget, lookIntervalMs } from './interval.ts';

describe('the interval between looks', () => {
  it('starts at half a second and grows to five on a large plan', () => {
    const steps = Array.from({ length: 9 }, (_, looks) =>
      lookIntervalMs({ looks, requestsPerRound: 1, requestsPerMinute: 600 }),
    );
    expect(steps).toEqual([500, 750, 1125, 1688, 2532, 3797, 5000, 5000, 5000]);
  });

  it('spreads the looks of a small plan over its minute', () => {
    const steps = Array.from({ length: 4 }, (_, looks) =>
      lookIntervalMs({ looks, requestsPerRound: 1, requestsPerMinute: 10 }),
    );
    expect(steps).toEqual([3000, 12_000, 12_000, 12_000]);
  });

  it('never plans more looks into the first minute than half of its requests, over all jobs', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 1000 }),
        fc.integer({ min: 1, max: 20 }),
        (requestsPerMinute, requestsPerRound) => {
          let time = 0;
          let looks = 0;
          for (;;) {
            time += lookIntervalMs({ looks, requestsPerRound, requestsPerMinute });
            if (time >= 60_000) break;
            looks += 1;
          }
          expect(looks * requestsPerRound).toBeLessThanOrEqual(
            Math.max(requestsPerRound, lookBudget(requestsPerMinute)),
          );
        },
      ),
    );
  });
});
