import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateCredits } from './estimate-credits.ts';

const movie = (...durations: readonly unknown[]) => ({ scenes: durations.map((duration) => ({ duration })) });

describe('an estimate of credits', () => {
  it.each([
    ['one credit per second', movie(5), 5],
    ['the sum of the scenes, rounded up once', movie(1.2, 1.2, 1.2), 4],
    ['the documented sample of 15.2 seconds', movie(15.2), 16],
    ['no credit for the noise of decimal fractions', movie(1.6, 2.7, 2.7), 7],
    ['nothing for nothing', movie(0), 0],
  ])('counts %s', (_what, script, credits) => {
    expect(estimateCredits(script)).toMatchObject({ credits, isLowerBound: false });
  });

  it('says that it is a lower bound where a scene states no seconds', () => {
    for (const script of [movie(3, undefined), movie(3, '4'), movie(3, -1), movie(3, Number.NaN)]) {
      expect(estimateCredits(script)).toEqual({ credits: 3, seconds: 3, isLowerBound: true });
    }
    for (const script of [undefined, null, [], {}, { scenes: {} }, { scenes: [] }, { template_id: 'tpl_1' }]) {
      expect(estimateCredits(script)).toEqual({ credits: 0, seconds: 0, isLowerBound: true });
    }
  });

  it.each([
    [movie(1, 1e308, 1e308), 'scenes.1.duration'],
    [movie(Number.MAX_SAFE_INTEGER, 1), 'scenes.1.duration'],
    [movie(Number.MAX_VALUE), 'scenes.0.duration'],
  ])('is an error where nobody can count that far', (script, field) => {
    expect(() => estimateCredits(script)).toThrow(
      expect.objectContaining({ record: expect.objectContaining({ code: 'INVALID_REQUEST', field }) }),
    );
  });

  it('is a finite whole number or a typed error, for any movie', () => {
    const durations = fc.oneof(fc.double(), fc.anything());
    fc.assert(
      fc.property(fc.array(durations), (given) => {
        try {
          const { credits, seconds } = estimateCredits(movie(...given));
          expect([Number.isSafeInteger(credits), Number.isFinite(seconds), credits >= 0]).toEqual([true, true, true]);
        } catch (error) {
          expect(error).toMatchObject({ code: 'INVALID_REQUEST' });
        }
      }),
    );
  });

  it('is never below the seconds, and never a whole credit above them', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 600_000 }), { minLength: 1 }), (milliseconds) => {
        const { credits } = estimateCredits(movie(...milliseconds.map((ms) => ms / 1000)));
        const total = milliseconds.reduce((sum, ms) => sum + ms, 0);
        expect(credits).toBe(Math.ceil(total / 1000));
      }),
    );
  });
});
