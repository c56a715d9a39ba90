import { argument, options } from '../arguments/check-argument.ts';
import { type Rule, SIGNAL } from '../arguments/rule.ts';
import type { Clock } from '../ports/clock.ts';

/** setTimeout counts in 32 bits: a longer delay would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

const DELAY: Rule = {
  accepts: (value) => typeof value === 'number' && !Number.isNaN(value),
  what: 'a number of milliseconds',
  remedy: 'Pass milliseconds.',
};

/** The computer's own clock. */
export const systemClock: Clock = Object.freeze({
  now: () => Date.now(),
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
