import { describe, expect, it } from 'vitest';
import { RenderError } from '../errors/render-error.ts';
import { createVirtualClock } from '../testing/virtual-clock.ts';
import { createCreditPause } from './credit-pause.ts';

const broke = (message = 'no credits') => new RenderError({ code: 'INSUFFICIENT_CREDITS', message });

function setPause() {
  const clock = createVirtualClock();
  const pause = createCreditPause(clock);
  const restsFor = () => (pause.current()?.until ?? clock.now()) - clock.now();
  return { clock, pause, restsFor };
}

describe('the pause for want of credits', () => {
  it('does not exist before a refusal', () => {
    expect(setPause().pause.current()).toBeUndefined();
  });

  it('holds for five seconds with the refusal that caused it, and is then over by itself', async () => {
    const { clock, pause } = setPause();
    const error = broke();
    const until = pause.refused(error);
    expect(until).toBe(clock.now() + 5_000);
    expect(pause.current()).toMatchObject({ until, error });
    await clock.advance(4_999);
    expect(pause.current()).toBeDefined();
    await clock.advance(1);
    expect(pause.current()).toBeUndefined();
  });

  it('doubles with each refusal that follows a rest, up to a minute', async () => {
    const { clock, pause, restsFor } = setPause();
    const rests: number[] = [];
    for (let n = 0; n < 6; n += 1) {
      pause.refused(broke());
      rests.push(restsFor());
      await clock.advance(restsFor());
    }
    expect(rests).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000]);
  });

  it('takes refusals of submits that were on the wire together for one, and tells the latest', () => {
    const { pause, restsFor } = setPause();
    for (let n = 0; n < 30; n += 1) pause.refused(broke(`refusal ${n}`));
    expect(restsFor()).toBe(5_000);
    expect(pause.current()?.error.message).toBe('refusal 29');
  });

  it('ends as soon as a submit is accepted, and begins short again', async () => {
    const { clock, pause, restsFor } = setPause();
    pause.refused(broke());
    await clock.advance(5_000);
    pause.refused(broke());
    pause.accepted();
    expect(pause.current()).toBeUndefined();
    pause.refused(broke());
    expect(restsFor()).toBe(5_000);
  });
});
