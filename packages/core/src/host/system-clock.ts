import { argument, options } from '../arguments/check-argument.ts';
import { type Rule, SIGNAL } from '../arguments/rule.ts';
import type { Clock } from '../ports/clock.ts';

/** setTimeout counts in 32 bits: a longer delay would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Corrections of less are followed: they are the clock being kept right. */
const BACKWARD_MS = 1_000;

const DELAY: Rule = {
  accepts: (value) => typeof value === 'number' && !Number.isNaN(value),
  what: 'a number of milliseconds',
  remedy: 'Pass milliseconds.',
};

/** Where the clock stood when it was last believed, by itself and by the computer's steady counter. */
let believed = Date.now();
let steady = performance.now();

/**
 * The computer's own clock, except that it is not set back: where somebody does that, it goes on steadily, so that nobody
 * waits an hour for a window that was to end in a minute.
 */
export const systemClock: Clock = Object.freeze({
  now() {
    const wall = Date.now();
    const counter = performance.now();
    const expected = believed + counter - steady;
    if (wall < expected - BACKWARD_MS) return Math.floor(expected);
    believed = wall;
    steady = counter;
    return wall;
  },
  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    argument('ms', DELAY)(ms);
    options({ signal: SIGNAL })({ signal });
    for (let left = ms; left > 0 || left === ms; left -= LONGEST_TIMER_MS) {
      await timer(Math.min(LONGEST_TIMER_MS, Math.max(0, left)), signal);
    }
  },
});

function timer(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = () => {
      clearTimeout(handle);
      reject(signal?.reason);
    };
    const handle = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
