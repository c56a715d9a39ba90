import type { Clock } from '@renderq/core';

export interface CallerLimitOptions {
  readonly clock: Clock;
  /** Requests a second that a principal may go on sending. Default 20. */
  readonly perSecond?: number;
  /** Requests that a principal may send at once after a quiet while. Default 600. */
  readonly burst?: number;
  /** Requests of a principal that may be under way at a time. Default 32: most of them wait for a render. */
  readonly atOnce?: number;
}

/** A request that was let in, or why it was not and in how many milliseconds another may be. */
export type Entrance =
  | { readonly admitted: true; leave(): void }
  | { readonly admitted: false; readonly limit: 'rate' | 'concurrency'; readonly retryAfterMs: number };

/** Keeps one principal from taking the server away from the others. */
export interface CallerLimits {
  enter(principal: string): Entrance;
}

/** A place may come free at any time; asking sooner than this would only spend the rate. */
const RETRY_WHEN_FULL_MS = 1000;

interface Caller {
  /** Unix milliseconds at which the principal's allowance is whole again: the one number of the GCRA form of a token bucket. */
  wholeAt: number;
  underWay: number;
}

/** Limits each principal on its own. A refused request costs nothing. */
export function createCallerLimits({
  clock,
  perSecond = 20,
  burst = 600,
  atOnce = 32,
}: CallerLimitOptions): CallerLimits {
  const stepMs = 1000 / perSecond;
  const depthMs = stepMs * burst;
  const callers = new Map<string, Caller>();

  return {
    enter(principal) {
      const now = clock.now();
      const caller = callers.get(principal) ?? { wholeAt: now, underWay: 0 };
      callers.set(principal, caller);
      if (caller.underWay >= atOnce) return { admitted: false, limit: 'concurrency', retryAfterMs: RETRY_WHEN_FULL_MS };
      const wholeAt = Math.max(caller.wholeAt, now) + stepMs;
      if (wholeAt - now > depthMs)
        return { admitted: false, limit: 'rate', retryAfterMs: Math.ceil(wholeAt - now - depthMs) };
      caller.wholeAt = wholeAt;
      caller.underWay += 1;
      let isInside = true;
      return {
        admitted: true,
        leave() {
          if (isInside) caller.underWay -= 1;
          isInside = false;
        },
      };
    },
  };
}
