import { RenderError } from '@renderq/core';
import { describe, expect, it } from 'vitest';
import { createManualClock, settled } from '../testing/manual-clock.ts';
import { job, succeeded } from './__fixtures__/fake-client.ts';
import { type LastLook, lookOnceMore } from './last-look.ts';
import type { JobOutcome } from './wait-jobs.ts';

const pending = (...ids: string[]): JobOutcome[] => ids.map((id) => ({ kind: 'pending', snapshot: job(id) }));
const states = (outcomes: readonly JobOutcome[]) =>
  outcomes.map((outcome) => (outcome.kind === 'failed' ? outcome.error.code : outcome.snapshot.state));

describe('the last look before an execution is parked', () => {
  it('waits for a window of the rate limit rather than parking without it', async () => {
    const clock = createManualClock();
    const asked: unknown[] = [];
    const get: LastLook['client']['get'] = async (id, options) => {
      asked.push(options?.maxQueueMs);
      await clock.sleep(60_000);
      return succeeded(id);
    };
    const looked = lookOnceMore(pending('a'), { client: { get }, clock });
    await clock.advance(60_000);
    expect(states(await looked)).toEqual(['succeeded']);
    expect(asked).toEqual([65_000]);
  });

  it('reads a job again whose look is old by the time the slowest has come', async () => {
    const clock = createManualClock();
    const looks: string[] = [];
    const get = async (id: string) => {
      looks.push(id);
      // The first job ends, and its callback is refused, while the second waits for the rate limit.
      if (id === 'a') return looks.filter((each) => each === 'a').length > 1 ? succeeded('a') : job('a');
      await clock.sleep(30_000);
      return job(id);
    };
    const looked = lookOnceMore(pending('a', 'b'), { client: { get }, clock });
    await settled();
    await clock.advance(100_000);
    expect(states(await looked)).toEqual(['succeeded', 'running']);
    expect(looks).toEqual(['a', 'b', 'a']);
  });

  it('gives up after three looks at an account that is too busy', async () => {
    const clock = createManualClock();
    let looks = 0;
    const get = async (id: string) => {
      looks += 1;
      await clock.sleep(id === 'b' ? 30_000 : looks * 10);
      return job(id);
    };
    const looked = lookOnceMore(pending('a', 'b'), { client: { get }, clock });
    await settled();
    await clock.advance(300_000);
    expect(states(await looked)).toEqual(['running', 'running']);
    expect(looks).toBeLessThanOrEqual(6);
  });

  it('leaves what has ended alone, and a look that fails to the callback', async () => {
    const get = async () => {
      throw new RenderError({ code: 'NETWORK', message: 'no answer' });
    };
    const outcomes: JobOutcome[] = [{ kind: 'ended', snapshot: succeeded('a') }, ...pending('b')];
    expect(await lookOnceMore(outcomes, { client: { get }, clock: createManualClock() })).toEqual(outcomes);
  });

  it('ends with the execution: one that was stopped is not put to sleep', async () => {
    const execution = new AbortController();
    const get: LastLook['client']['get'] = (_id, { signal } = {}) =>
      new Promise((_, reject) => {
        const error = new RenderError({ code: 'CANCELLED', message: 'stopped' });
        signal?.addEventListener('abort', () => reject(error));
      });
    const looked = lookOnceMore(pending('a'), {
      client: { get },
      clock: createManualClock(),
      signal: execution.signal,
    });
    execution.abort();
    expect(await looked).toMatchObject([{ kind: 'failed', error: { record: { code: 'CANCELLED', jobId: 'a' } } }]);
  });
});
