import { describe, expect, it } from 'vitest';
import { createCallerLimits, type Entrance } from './caller-limits.ts';

function stage(options: { perSecond?: number; burst?: number; atOnce?: number }) {
  const time = { now: 1_000_000 };
  const clock = { now: () => time.now, sleep: () => Promise.reject(new Error('nobody sleeps here')) };
  return { time, limits: createCallerLimits({ clock, ...options }) };
}

const leave = (entrance: Entrance): void => {
  if (entrance.admitted) entrance.leave();
};

describe('caller limits', () => {
  it('let a burst in, then as many as the rate allows, and say how long to wait', () => {
    const { time, limits } = stage({ perSecond: 2, burst: 3 });
    const enter = () => {
      const entrance = limits.enter('anna');
      leave(entrance);
      return entrance;
    };
    expect([enter(), enter(), enter()].map(({ admitted }) => admitted)).toEqual([true, true, true]);
    expect(enter()).toEqual({ admitted: false, limit: 'rate', retryAfterMs: 500 });
    time.now += 499;
    expect(enter()).toEqual({ admitted: false, limit: 'rate', retryAfterMs: 1 });
    time.now += 1;
    expect(enter().admitted).toBe(true);
    expect(enter().admitted).toBe(false);
  });

  it('never let more in over any stretch of time than the burst and the rate', () => {
    const { time, limits } = stage({ perSecond: 10, burst: 5 });
    let admitted = 0;
    for (let ms = 0; ms < 10_000; ms += 7) {
      const entrance = limits.enter('anna');
      leave(entrance);
      if (entrance.admitted) admitted += 1;
      time.now += 7;
    }
    expect(admitted).toBeGreaterThanOrEqual(100);
    expect(admitted).toBeLessThanOrEqual(105);
  });

  it('bound what is under way at once; each request gives its place back once only', () => {
    const { limits } = stage({ atOnce: 2 });
    const [first, second] = [limits.enter('anna'), limits.enter('anna')];
    expect(limits.enter('anna')).toMatchObject({ admitted: false, limit: 'concurrency', retryAfterMs: 1000 });
    leave(first);
    leave(first);
    expect(limits.enter('anna').admitted).toBe(true);
    expect(limits.enter('anna').admitted).toBe(false);
    leave(second);
    expect(limits.enter('anna').admitted).toBe(true);
  });

  it('keep principals apart', () => {
    const { limits } = stage({ perSecond: 1, burst: 1, atOnce: 1 });
    expect(limits.enter('anna').admitted).toBe(true);
    expect(limits.enter('anna').admitted).toBe(false);
    expect(limits.enter('bert').admitted).toBe(true);
  });
});
