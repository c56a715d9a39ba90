import { createEventQueue } from './event-queue.ts';
import { pause, type Timeline } from './timeline.ts';

/** 2026-01-01T00:00:00Z. */
export const START_MS = 1_767_225_600_000;
const DAY_MS = 86_400_000;

export interface VirtualClock extends Timeline {
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /**
   * Lets time pass, from event to event, until the promise settles.
   * @throws {Error} when nothing is left that could settle it, or when it takes more than `limitMs` (default 30 days).
   */
  run<T>(promise: Promise<T>, limitMs?: number): Promise<T>;
  /** Events that have neither happened nor been taken back. */
  readonly pending: number;
}

/**
 * A clock that moves only when everything that needs no time has happened, and then straight to the next event.
 * What runs on it must wait by this clock alone: a real timer or socket would be overtaken.
 */
export function createVirtualClock(startMs: number = START_MS): VirtualClock {
  const events = createEventQueue();
  let now = startMs;

  const clock: VirtualClock = {
    now: () => now,
    after: (ms, task) => events.add(now + Math.max(0, ms), task),
    sleep: (ms, signal) => pause(clock, ms, signal),
    async run(promise, limitMs = 30 * DAY_MS) {
      const until = now + limitMs;
      let isDone = false;
      const done = () => {
        isDone = true;
      };
      promise.then(done, done);
      for (;;) {
        await settle();
        if (isDone) return promise;
        const next = events.next();
        if (next === undefined) throw new Error('Stuck: nothing is pending that could settle this.');
        if (next.at > until) throw new Error(`Not settled after ${limitMs / 1000} virtual seconds.`);
        now = Math.max(now, next.at);
        next.task();
      }
    },
    get pending() {
      return events.size;
    },
  };
  return clock;
}

/** A turn of the event loop: all microtasks and next ticks have run when it ends, however deep their chains are. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
