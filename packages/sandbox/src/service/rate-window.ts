/** PhantomFlow error page: limits are per minute. Rendobar limits page: requests per minute. */
export const WINDOW_MS = 60_000;

export interface RateReading {
  /** Requests in a window. */
  readonly limit: number;
  readonly remaining: number;
  /** Unix time in milliseconds at which the window ends. */
  readonly resetAt: number;
}

export interface RateWindow {
  /** Spends one request if any is left. A refused request costs nothing. */
  take(now: number, limit: number): RateReading & { readonly allowed: boolean };
  read(now: number, limit: number): RateReading;
  reset(): void;
}

/** A fixed window that opens with the first request and lasts a minute. */
export function createRateWindow(): RateWindow {
  let openedAt = Number.NEGATIVE_INFINITY;
  let used = 0;

  function roll(now: number): void {
    if (now < openedAt + WINDOW_MS) return;
    openedAt = now;
    used = 0;
  }

  return {
    take(now, limit) {
      roll(now);
      const allowed = used < limit;
      if (allowed) used += 1;
      return { allowed, limit, remaining: Math.max(0, limit - used), resetAt: openedAt + WINDOW_MS };
    },
    read(now, limit) {
      const open = now < openedAt + WINDOW_MS;
      return {
        limit,
        remaining: Math.max(0, limit - (open ? used : 0)),
        resetAt: (open ? openedAt : now) + WINDOW_MS,
      };
    },
    reset() {
      openedAt = Number.NEGATIVE_INFINITY;
      used = 0;
    },
  };
}

/** Whole seconds until the window ends, never 0: a client that waits exactly this long is let in. */
export function retryAfterSeconds(reading: RateReading, now: number): number {
  return Math.max(1, Math.ceil((reading.resetAt - now) / 1000));
}
