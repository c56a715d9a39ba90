import { describe, expect, it, vi } from 'vitest';
import { createPQueueLane } from './p-queue-lane.ts';
import { systemClock } from './system-clock.ts';

describe('the p-queue lane', () => {
  it('runs one at a time, the highest priority first, equals in order', async () => {
    const lane = createPQueueLane({ concurrency: 1 });
    const first = Promise.withResolvers<void>();
    const order: string[] = [];
    const run = (name: string, priority: number) => lane.run(async () => void order.push(name), { priority });
    const head = lane.run(() => first.promise);
    const rest = [run('look', 0), run('submit 1', 10), run('call', 5), run('submit 2', 10)];
    expect(lane.waiting).toBe(4);
    first.resolve();
    await Promise.all([head, ...rest]);
    expect(order).toEqual(['submit 1', 'submit 2', 'call', 'look']);
    expect(lane.waiting).toBe(0);
  });

  it('lets a waiting task go when its caller does', async () => {
    const lane = createPQueueLane({ concurrency: 1 });
    const first = Promise.withResolvers<void>();
    const head = lane.run(() => first.promise);
    const caller = new AbortController();
    let ran = false;
    const waiting = lane.run(async () => (ran = true), { signal: caller.signal });
    caller.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    first.resolve();
    await head;
    expect([ran, lane.waiting]).toEqual([false, 0]);
  });
});

describe('the system clock', () => {
  it('goes on when the computer is set back, and follows when it is set forward', () => {
    const real = Date.now();
    const wall = vi.spyOn(Date, 'now');
    try {
      expect(systemClock.now()).toBeGreaterThanOrEqual(real);
      wall.mockReturnValue(real - 3_600_000);
      expect(systemClock.now() - real).toBeGreaterThanOrEqual(0);
      expect(systemClock.now() - real).toBeLessThan(60_000);
      wall.mockReturnValue(real + 3_600_000);
      expect(systemClock.now()).toBe(real + 3_600_000);
      wall.mockReturnValue(real + 3_599_500);
      expect(systemClock.now()).toBe(real + 3_599_500);
    } finally {
      wall.mockRestore();
    }
  });

  it('sleeps longer than one timer can count, and is heard when aborted', async () => {
    vi.useFakeTimers();
    try {
      const month = 30 * 86_400_000;
      let isOver = false;
      void systemClock.sleep(month).then(() => (isOver = true));
      await vi.advanceTimersByTimeAsync(month - 1);
      expect(isOver).toBe(false);
      await vi.advanceTimersByTimeAsync(1);
      expect(isOver).toBe(true);

      const caller = new AbortController();
      const sleeping = systemClock.sleep(1_000, caller.signal);
      caller.abort(new Error('gone'));
      await expect(sleeping).rejects.toThrow('gone');
      expect(vi.getTimerCount()).toBe(0);
      await expect(systemClock.sleep(1_000, caller.signal)).rejects.toThrow('gone');
    } finally {
      vi.useRealTimers();
    }
  });

  it('sleeps no time at all when asked for none', async () => {
    await systemClock.sleep(0);
    await systemClock.sleep(-5);
  });
});
