import type { Clock } from '@renderq/core';

export interface VirtualClock extends Clock {
  /** Moves time on, waking every sleeper whose time has come, and lets the promises behind them run. */
  advance(ms: number): Promise<void>;
  readonly sleepers: number;
}

/** Lets everything that is ready run. */
export const settle = async (): Promise<void> => {
  await new Promise((done) => setImmediate(done));
};

/** A clock that stands still until it is moved. */
export function createVirtualClock(startMs = Date.UTC(2026, 0, 1)): VirtualClock {
  let now = startMs;
  const sleepers = new Set<{ readonly at: number; readonly wake: () => void }>();
  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const sleeper = { at: now + ms, wake: resolve };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', () => sleepers.delete(sleeper) && reject(signal.reason), { once: true });
      }),
    async advance(ms) {
      await settle();
      now += ms;
      for (const sleeper of [...sleepers].sort((a, b) => a.at - b.at)) {
        if (sleeper.at > now || !sleepers.delete(sleeper)) continue;
        sleeper.wake();
        await settle();
      }
      await settle();
    },
    get sleepers() {
      return sleepers.size;
    },
  };
}
