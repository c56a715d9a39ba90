import { describe, expect, it } from 'vitest';
import { RenderError } from '../errors/render-error.ts';
import { createVirtualClock } from '../testing/virtual-clock.ts';
import { createBreaker } from './breaker.ts';

const fault = new RenderError({ code: 'PROVIDER_ERROR', message: 'down', httpStatus: 503 });

function setBreaker(random = 0) {
  const clock = createVirtualClock();
  const changes: (number | undefined)[] = [];
  const breaker = createBreaker({ clock, random: () => random, onChange: (until) => changes.push(until) });
  const fail = (times: number) => {
    for (let n = 0; n < times; n += 1) breaker.failed(fault);
  };
  const restsFor = () => breaker.opensAt() - clock.now();
  const isUp = () => restsFor() <= 0;
  return { clock, changes, breaker, fail, restsFor, isUp };
}

describe('the breaker', () => {
  it('opens at the fifth failure in a row and not before', () => {
    const { clock, changes, breaker, fail, restsFor, isUp } = setBreaker();
    fail(4);
    expect([isUp(), changes]).toEqual([true, []]);
    fail(1);
    expect(restsFor()).toBe(5_000);
    expect(changes).toEqual([clock.now() + 5_000]);
    expect(breaker.lastError()).toBe(fault);
  });

  it('counts failures in a row alone: any answer begins the count anew', () => {
    const { breaker, changes, fail, isUp } = setBreaker();
    for (let round = 0; round < 3; round += 1) {
      fail(4);
      breaker.answered();
    }
    expect([isUp(), changes, breaker.lastError()]).toEqual([true, [], undefined]);
  });

  it('adds up to half of a rest as jitter', () => {
    const { fail, restsFor } = setBreaker(0.999_999);
    fail(5);
    expect(restsFor()).toBe(7_500);
  });

  it('is opened once by a burst that failed together', () => {
    const { changes, fail, restsFor } = setBreaker();
    fail(30);
    expect([restsFor(), changes.length]).toEqual([5_000, 1]);
  });

  it('rests twice as long after each probe that fails, up to a minute', async () => {
    const { clock, breaker, fail, restsFor } = setBreaker();
    fail(5);
    const rests = [restsFor()];
    for (let probe = 0; probe < 5; probe += 1) {
      await clock.advance(restsFor());
      breaker.pass();
      fail(1);
      rests.push(restsFor());
    }
    expect(rests).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000]);
  });

  it('lets one probe pass after its rest, and nothing else until that is answered', async () => {
    const { clock, breaker, changes, fail, isUp } = setBreaker();
    fail(5);
    await clock.advance(5_000);
    expect(isUp()).toBe(true);
    breaker.pass();
    expect(isUp()).toBe(false);
    await clock.advance(10_000);
    expect(isUp()).toBe(false);
    breaker.answered();
    expect([isUp(), breaker.opensAt()]).toEqual([true, 0]);
    expect(changes).toHaveLength(2);
    expect(changes[1]).toBeUndefined();
  });

  it('does not wait for ever for a probe whose answer never comes', async () => {
    const { clock, breaker, fail, restsFor } = setBreaker();
    fail(5);
    await clock.advance(5_000);
    breaker.pass();
    expect(restsFor()).toBe(60_000);
  });

  it('lets another probe pass at once when the first was given up by its caller', async () => {
    const { clock, breaker, fail, isUp } = setBreaker();
    fail(5);
    await clock.advance(5_000);
    breaker.pass();
    let isHeard = false;
    void breaker.changed().then(() => {
      isHeard = true;
    });
    breaker.released();
    await clock.advance(0);
    expect([isUp(), isHeard]).toEqual([true, true]);
    // The failures before it stand: one more and it rests again.
    fail(1);
    expect(isUp()).toBe(false);
  });

  it('starts with a short rest again after the provider has been up', async () => {
    const { clock, breaker, fail, restsFor } = setBreaker();
    fail(5);
    await clock.advance(5_000);
    fail(1);
    expect(restsFor()).toBe(10_000);
    breaker.answered();
    fail(5);
    expect(restsFor()).toBe(5_000);
  });

  it('takes no probe while the provider counts as up', () => {
    const { breaker, fail, isUp } = setBreaker();
    fail(4);
    breaker.pass();
    expect(isUp()).toBe(true);
  });

  it('wakes those that wait when it opens and when it closes', async () => {
    const { clock, breaker, fail } = setBreaker();
    const heard: string[] = [];
    void breaker.changed().then(() => heard.push('opened'));
    fail(5);
    await clock.advance(0);
    void breaker.changed().then(() => heard.push('closed'));
    expect(heard).toEqual(['opened']);
    breaker.answered();
    await clock.advance(0);
    expect(heard).toEqual(['opened', 'closed']);
  });
});
