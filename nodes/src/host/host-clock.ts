import type { Clock } from '@renderq/core';
import * as workflow from 'n8n-workflow';

/** The timer counts in 32 bits: a longer sleep would end at once. */
const LONGEST_SLEEP_MS = 2 ** 31 - 1;

type Pause = (ms: number, signal: AbortSignal) => Promise<unknown>;

/** What n8n-workflow has of sleeping; which of it depends on its version. */
export interface HostSleep {
  /** Hears a signal from 2.34 on: it then declares two parameters. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<unknown>;
  /** Up to 2.33. */
  readonly sleepWithAbort?: unknown;
}

/** Time in n8n: a community package may start no timer of its own, but may sleep. */
export function createHostClock(host: HostSleep = workflow): Clock {
  const pause = pauseOf(host);
  return Object.freeze<Clock>({
    now: () => Date.now(),
    async sleep(ms, signal) {
      // The host may keep its listener on the signal for ever: it gets one that ends with this sleep.
      const ended = new AbortController();
      const onAbort = () => ended.abort();
      if (signal?.aborted) throw signal.reason;
      signal?.addEventListener('abort', onAbort, { once: true });
      try {
        let left = ms;
        do {
          await pause(Math.max(0, Math.min(left, LONGEST_SLEEP_MS)), ended.signal);
          left -= LONGEST_SLEEP_MS;
        } while (left > 0);
      } catch (error) {
        // n8n rejects with an error of its own, which says that the execution was stopped, true or not.
        throw signal?.aborted ? signal.reason : error;
      } finally {
        signal?.removeEventListener('abort', onAbort);
      }
    },
  });
}

function pauseOf({ sleep, sleepWithAbort }: HostSleep): Pause {
  if (sleep.length >= 2) return sleep;
  if (typeof sleepWithAbort === 'function') return sleepWithAbort as Pause;
  return (ms, signal) => Promise.race([sleep(ms), aborted(signal)]);
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
}
