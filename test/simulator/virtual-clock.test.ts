import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createEventQueue } from './event-queue.ts';
import { createVirtualClock, START_MS } from './virtual-clock.ts';

it('gives tasks back by their time, equals in the order in which they came, without those taken back', () => {
  const asked = fc.array(fc.record({ at: fc.nat(50), isKept: fc.boolean() }), { maxLength: 3_000 });
  fc.assert(
    fc.property(asked, (events) => {
      const queue = createEventQueue();
      const given: number[] = [];
      const takeBacks = events.map(({ at }, order) => queue.add(at, () => given.push(order)));
      events.forEach(({ isKept }, index) => {
        if (!isKept) takeBacks[index]?.();
      });
      const kept = events.map(({ at, isKept }, order) => ({ at, isKept, order })).filter(({ isKept }) => isKept);
      expect(queue.size).toBe(kept.length);
      expect(queue.nextAt()).toBe(kept.toSorted((a, b) => a.at - b.at)[0]?.at);
      for (let next = queue.next(); next !== undefined; next = queue.next()) next.task();
      expect(given).toEqual(kept.toSorted((a, b) => a.at - b.at || a.order - b.order).map(({ order }) => order));
    }),
    { numRuns: 60 },
  );
});

it('moves only when everything that needs no time has happened', async () => {
  const clock = createVirtualClock();
  const log: string[] = [];
  const deep = async () => {
    for (let step = 0; step < 100; step += 1) await Promise.resolve();
    log.push(`deep at ${clock.now() - START_MS}`);
  };
  const sleepy = async (ms: number) => {
    await clock.sleep(ms);
    log.push(`slept until ${clock.now() - START_MS}`);
    await deep();
  };
  await clock.run(Promise.all([sleepy(10), sleepy(5), deep()]));
  expect(log).toEqual(['deep at 0', 'slept until 5', 'deep at 5', 'slept until 10', 'deep at 10']);
});

it('leaves no event behind a sleep that was given up', async () => {
  const clock = createVirtualClock();
  const controller = new AbortController();
  const sleep = clock.sleep(1_000, controller.signal);
  controller.abort(new Error('enough'));
  await expect(sleep).rejects.toThrow('enough');
  expect(clock.pending).toBe(0);
});

it('says so when nothing is left that could settle a promise, or when it takes too long', async () => {
  const clock = createVirtualClock();
  await expect(clock.run(new Promise(() => {}))).rejects.toThrow('Stuck');
  await expect(clock.run(clock.sleep(2_000), 1_000)).rejects.toThrow('Not settled after 1 virtual seconds');
});
