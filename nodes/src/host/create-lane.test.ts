import { describe, expect, it } from 'vitest';
import { settled } from '../testing/manual-clock.ts';
import { createLane } from './create-lane.ts';

describe('a lane', () => {
  it('runs at most so many tasks at a time', async () => {
    const lane = createLane({ concurrency: 2 });
    let running = 0;
    let most = 0;
    const task = async () => {
      running += 1;
      most = Math.max(most, running);
      await settled();
      running -= 1;
    };
    await Promise.all(Array.from({ length: 9 }, () => lane.run(task)));
    expect(most).toBe(2);
    expect(lane.waiting).toBe(0);
  });

  it('lets a higher priority go first, and equals in the order in which they came', async () => {
    const lane = createLane({ concurrency: 1 });
    const order: string[] = [];
    const enter = (name: string, priority?: number) =>
      lane.run(async () => void order.push(name), priority === undefined ? {} : { priority });
    await Promise.all([enter('first'), enter('a'), enter('b'), enter('urgent', 2), enter('c'), enter('later', -1)]);
    expect(order).toEqual(['first', 'urgent', 'a', 'b', 'c', 'later']);
  });

  it('never starts a task that was given up while it waited, and lets the next one pass', async () => {
    const lane = createLane({ concurrency: 1 });
    const held = Promise.withResolvers<void>();
    const over = new AbortController();
    const first = lane.run(() => held.promise);
    const dropped = lane.run(() => Promise.reject(new Error('was started')), { signal: over.signal });
    const last = lane.run(async () => 'ran');
    over.abort('gone');
    await expect(dropped).rejects.toBe('gone');
    held.resolve();
    await first;
    await expect(last).resolves.toBe('ran');
    await expect(lane.run(async () => 1, { signal: over.signal })).rejects.toBe('gone');
  });

  it('goes on after a task that failed', async () => {
    const lane = createLane({ concurrency: 1 });
    const failed = lane.run(() => Promise.reject(new Error('no')));
    const next = lane.run(async () => 'yes');
    await expect(failed).rejects.toThrow('no');
    await expect(next).resolves.toBe('yes');
  });
});
