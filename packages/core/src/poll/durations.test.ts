import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDurations } from './durations.ts';

function learned(...ages: readonly number[]) {
  const durations = createDurations();
  for (const age of ages) durations.ended('movie', age, age);
  return durations;
}

const times = (count: number, age: number) => Array.from({ length: count }, () => age);
const age = fc.double({ min: 0, max: 100_000_000, noNaN: true });

describe('durations', () => {
  it('begin with half a minute or so, and as unknown', () => {
    const durations = learned();
    expect(durations.isKnown('movie')).toBe(false);
    expect(durations.mean('movie')).toBeGreaterThan(30_000);
    expect(durations.mean('movie')).toBeLessThan(60_000);
  });

  it('are known from the third end of a kind on', () => {
    expect([learned(1_000, 1_000), learned(1_000, 1_000, 1_000)].map((known) => known.isKnown('movie'))).toEqual([
      false,
      true,
    ]);
  });

  it('give a chance between 0 and 1 that never falls with age, whatever was learned', () => {
    const ends = fc.array(fc.tuple(age, age), { maxLength: 30 });
    fc.assert(
      fc.property(ends, age, age, age, (seenEnds, seen, one, other) => {
        const durations = createDurations();
        for (const [from, to] of seenEnds) durations.ended('movie', from, to);
        const [sooner, later] = [Math.min(one, other), Math.max(one, other)].map((at) =>
          durations.chanceOfEnd('movie', seen, at),
        );
        if (sooner === undefined || later === undefined) throw new Error('no chance was given');
        for (const chance of [sooner, later]) {
          expect(chance).toBeGreaterThanOrEqual(-1e-6);
          expect(chance).toBeLessThanOrEqual(1);
        }
        expect(later).toBeGreaterThanOrEqual(sooner - 1e-6);
      }),
      { numRuns: 500 },
    );
  });

  it('give no chance of an end at or before the age at which the job was seen running', () => {
    expect(learned().chanceOfEnd('movie', 5_000, 5_000)).toBe(0);
    expect(learned().chanceOfEnd('movie', 5_000, 4_000)).toBe(0);
  });

  it('expect an end where jobs have ended so far, sharply where they hardly vary', () => {
    const durations = learned(...times(20, 45_000));
    expect(durations.mean('movie')).toBeCloseTo(45_000, -3);
    expect(durations.chanceOfEnd('movie', 0, 40_000)).toBeLessThan(0.05);
    expect(durations.chanceOfEnd('movie', 0, 50_000)).toBeGreaterThan(0.95);
    const wide = learned(...times(10, 15_000), ...times(10, 135_000));
    expect(wide.chanceOfEnd('movie', 0, 40_000)).toBeGreaterThan(0.2);
    expect(wide.chanceOfEnd('movie', 0, 50_000)).toBeLessThan(0.8);
  });

  it('take an end between two looks for the middle of them', () => {
    const between = createDurations();
    for (let n = 0; n < 20; n += 1) between.ended('movie', 40_000, 50_000);
    expect(between.mean('movie')).toBeCloseTo(learned(...times(20, 45_000)).mean('movie'), 6);
  });

  it('expect the end of an overdue job some time, not at once', () => {
    const durations = learned(...times(20, 10_000));
    const soon = durations.chanceOfEnd('movie', 60_000, 61_000);
    expect(soon).toBeGreaterThan(0);
    expect(soon).toBeLessThan(0.2);
    expect(durations.chanceOfEnd('movie', 60_000, 600_000)).toBeGreaterThan(0.9);
  });

  it('forget what jobs took long ago', () => {
    const durations = learned(...times(60, 10_000));
    for (let n = 0; n < 300; n += 1) durations.ended('movie', 100_000, 100_000);
    expect(durations.mean('movie')).toBeGreaterThan(90_000);
    expect(durations.chanceOfEnd('movie', 0, 30_000)).toBeLessThan(0.05);
  });

  it('keep kinds apart, and give a new kind what all others took', () => {
    const durations = createDurations();
    for (let n = 0; n < 20; n += 1) durations.ended('short', 5_000, 5_000);
    for (let n = 0; n < 20; n += 1) durations.ended('long', 300_000, 300_000);
    expect(durations.mean('short')).toBeCloseTo(5_000, -3);
    expect(durations.mean('long')).toBeCloseTo(300_000, -4);
    expect(durations.isKnown('new')).toBe(true);
    expect(durations.mean('new')).toBeGreaterThan(5_500);
    expect(durations.mean('new')).toBeLessThan(500_000);
  });

  it('keep two hundred kinds and forget the one that was not seen for longest', () => {
    const durations = createDurations();
    const learn = (kind: string, ms: number) => {
      for (let n = 0; n < 3; n += 1) durations.ended(kind, ms, ms);
    };
    learn('first', 1_000);
    learn('second', 1_000);
    for (let n = 0; n < 198; n += 1) learn(`kind ${n}`, 500_000);
    learn('first', 1_000);
    learn('one more', 500_000);
    expect(durations.mean('first')).toBeLessThan(20_000);
    expect(durations.mean('second')).toBeGreaterThan(50_000);
  });

  it('are not thrown off by a job that ended in no time', () => {
    const durations = learned(0, 0, 0, 0);
    expect(durations.mean('movie')).toBeGreaterThan(0);
    expect(durations.chanceOfEnd('movie', 0, 1_000)).toBeGreaterThan(0.9);
  });
});
