import type { Clock } from '../ports/clock.ts';

interface Timer {
  readonly at: number;
  readonly wake: () => void;
}

export interface VirtualClock extends Clock {
  /** Lets time pass, from timer to timer, until the promise settles. Fails when nothing is left that could settle it. */
  run<T>(promise: Promise<T>): Promise<T>;
  /** Lets this many milliseconds pass. */
  advance(ms: number): Promise<void>;
  /** Sleeps that have neither ended nor been aborted. */
  readonly pending: number;
}

/** 2026-01-01T00:00:00Z: a round second, so that header times are exact. */
export const START_MS = 1_767_225_600_000;

/** A clock on which a minute costs a microsecond. It stands still until a test lets time pass. */
export function createVirtualClock(): VirtualClock {
  let now = START_MS;
  let timers: Timer[] = [];

  /** Lets everything happen that needs no time: promise chains of any depth, and those of p-queue. */
  async function settle(): Promise<void> {
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }

  function fireNext(limit: number): boolean {
    timers.sort((a, b) => a.at - b.at);
    const [next] = timers;
    if (next === undefined || next.at > limit) return false;
    timers = timers.slice(1);
    now = Math.max(now, next.at);
    next.wake();
    return true;
  }

  return {
    now: () => now,
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const timer: Timer = {
          at: now + Math.max(0, ms),
          wake: () => {
            signal?.removeEventListener('abort', onAbort);
            resolve();
          },
        };
        const onAbort = () => {
          timers = timers.filter((other) => other !== timer);
          reject(signal?.reason);
        };
        signal?.addEventListener('abort', onAbort, { once: true });
        timers.push(timer);
      });
    },
    async run<T>(promise: Promise<T>): Promise<T> {
      let isDone = false;
      const done = () => {
        isDone = true;
      };
      promise.then(done, done);
      for (let step = 0; step < 100_000; step += 1) {
        await settle();
        if (isDone) return promise;
        if (!fireNext(Number.POSITIVE_INFINITY)) throw new Error('deadlock: nothing is pending that could settle this');
      }
      throw new Error('this would go on for ever');
    },
    async advance(ms) {
      const end = now + ms;
      await settle();
      while (fireNext(end)) await settle();
      now = end;
      await settle();
    },
    get pending() {
      return timers.length;
    },
  };
}
