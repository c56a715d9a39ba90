interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** 2026-01-01T00:00:00Z. */
export const START_MS = 1_767_225_600_000;
const MAX_STEPS = 20_000;

/** Time that passes only when nothing else is left to do, so that an endless wait shows as one, at once. */
export function createVirtualClock() {
  let now = START_MS;
  let sleepers: Sleeper[] = [];

  return {
    now: () => now,
    sleep(ms: number, signal?: AbortSignal): Promise<void> {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const onAbort = () => {
          sleepers = sleepers.filter((other) => other !== sleeper);
          reject(signal?.reason);
        };
        const sleeper: Sleeper = {
          at: now + Math.max(0, ms),
          wake: () => {
            signal?.removeEventListener('abort', onAbort);
            resolve();
          },
        };
        signal?.addEventListener('abort', onAbort, { once: true });
        sleepers.push(sleeper);
      });
    },
    /** Sleeps that have neither ended nor been aborted. */
    pending: () => sleepers.length,
    advance(ms: number): void {
      now += ms;
    },
    /** @returns why the promise does not settle, or undefined once it has. */
    async settle(promise: Promise<unknown>): Promise<string | undefined> {
      let isDone = false;
      const done = () => {
        isDone = true;
      };
      promise.then(done, done);
      for (let step = 0, idle = 0; step < MAX_STEPS; step += 1) {
        await new Promise((resolve) => setImmediate(resolve));
        if (isDone) return undefined;
        const [next] = sleepers.sort((a, b) => a.at - b.at);
        if (next === undefined) {
          idle += 1;
          if (idle > 20) return 'nothing is left that could end it';
          continue;
        }
        idle = 0;
        sleepers.shift();
        now = Math.max(now, next.at);
        next.wake();
      }
      return `it goes on after ${MAX_STEPS} steps`;
    },
  };
}
