import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createHostClock, type HostSleep } from './host-clock.ts';

class HostStopped extends Error {}

const heard: (AbortSignal | undefined)[] = [];
const abortable = (ms: number, signal?: AbortSignal) => {
  heard.push(signal);
  return pause(ms, undefined, { signal }).catch(() => Promise.reject(new HostStopped()));
};

/** n8n-workflow as it is from 2.34 on, up to 2.33, and of a time before both. */
const HOSTS: readonly (readonly [string, HostSleep])[] = [
  ['sleep(ms, signal)', { sleep: abortable }],
  ['sleepWithAbort', { sleep: (ms: number) => pause(ms), sleepWithAbort: abortable }],
  ['sleep(ms) alone', { sleep: (ms: number) => pause(ms) }],
];

describe.each(HOSTS)('a clock over %s', (_name, host) => {
  it('sleeps as long as it is told', async () => {
    const from = performance.now();
    await createHostClock(host).sleep(15);
    expect(performance.now() - from).toBeGreaterThanOrEqual(14);
  });

  it("rejects with the signal's own reason, not with n8n's word for it", async () => {
    const reason = new Error('enough');
    const over = new AbortController();
    const slept = createHostClock(host).sleep(3, over.signal);
    over.abort(reason);
    await expect(slept).rejects.toBe(reason);
    await expect(createHostClock(host).sleep(3, over.signal)).rejects.toBe(reason);
  });

  it('gives the host a signal of its own, so that no listener stays behind', async () => {
    const over = new AbortController();
    heard.length = 0;
    await createHostClock(host).sleep(1, over.signal);
    expect(heard).not.toContain(over.signal);
  });
});

it('splits a sleep that no timer can hold, and sleeps not at all for none', async () => {
  const asked: number[] = [];
  const sleep = async (ms: number, _signal?: AbortSignal) => void asked.push(ms);
  // A default value is none of the parameters that a function declares.
  expect(sleep.length).toBe(2);
  const clock = createHostClock({ sleep });
  await clock.sleep(2 ** 31 + 5);
  await clock.sleep(-4);
  expect(asked).toEqual([2 ** 31 - 1, 6, 0]);
});
