import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createServerClock } from './server-clock.ts';

const NOW = 1_767_225_600_000;
const dated = (ms: number) => ({ date: new Date(ms).toUTCString() });

describe("the provider's clock", () => {
  it('is unknown until an answer tells it, and stays so for what is no date', () => {
    const clock = createServerClock();
    expect(clock.at(NOW)).toBeUndefined();
    clock.heard({}, NOW);
    clock.heard({ date: 'soon' }, NOW);
    expect(clock.at(NOW)).toBeUndefined();
  });

  it.each([37_000, -95_000, 0])('is known although it goes %i ms wrong', (skew) => {
    const clock = createServerClock();
    clock.heard(dated(NOW + skew), NOW);
    expect(clock.at(NOW + 10_000)).toBe(NOW + 10_000 + skew);
  });

  it('is never late and less than a second early where answers come at once', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1_000_000, max: 1_000_000 }),
        fc.array(fc.integer({ min: 0, max: 600_000 }), { minLength: 1 }),
        (skew, moments) => {
          const clock = createServerClock();
          for (const moment of moments) clock.heard(dated(NOW + moment + skew), NOW + moment);
          const told = (clock.at(NOW) ?? Number.NaN) - skew - NOW;
          expect(told).toBeLessThanOrEqual(0);
          expect(told).toBeGreaterThan(-1_000);
        },
      ),
    );
  });

  it('gets truer with every answer, and no worse by one that was slow', () => {
    const clock = createServerClock();
    clock.heard(dated(NOW), NOW + 900);
    clock.heard(dated(NOW + 2_000), NOW + 2_100);
    clock.heard(dated(NOW + 3_000), NOW + 5_500);
    expect(clock.at(NOW + 10_000)).toBe(NOW + 9_900);
  });

  it('follows a clock that was set, back or forth', () => {
    for (const jump of [-60_000, 60_000]) {
      const clock = createServerClock();
      clock.heard(dated(NOW), NOW);
      clock.heard(dated(NOW + jump), NOW);
      expect(clock.at(NOW)).toBe(NOW + jump);
    }
  });
});
