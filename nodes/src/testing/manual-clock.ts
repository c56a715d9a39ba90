import type { Clock } from '@renderq/core';

/** A clock that stands still until it is told to go on. */
export interface ManualClock extends Clock {
  advance(ms: number): Promise<void>;
  /** Sleeps that have not ended. */
  readonly sleeping: number;
}

export function createManualClock(start = 1_000_000): ManualClock {
  let now = start;
  const sleepers = new Set<{ readonly until: number; readonly wake: () => void }>();
  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const sleeper = {
          until: now + ms,
          wake() {
            signal?.removeEventListener('abort', onAbort);
            resolve();
          },
        };
        const onAbort = () => {
          sleepers.delete(sleeper);
          reject(signal?.reason);
        };
        signal?.addEventListener('abort', onAbort, { once: true });
        sleepers.add(sleeper);
      }),
    async advance(ms) {
      const end = now + ms;
      for (;;) {
        const [next] = [...sleepers].filter(({ until }) => until <= end).sort((a, b) => a.until - b.until);
        if (next === undefined) break;
        now = Math.max(now, next.until);
        sleepers.delete(next);
        next.wake();
        await settled();
      }
      now = end;
      await settled();
    },
    get sleeping() {
      return sleepers.size;
    },
  };
}

/** What is ready to run has run. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
