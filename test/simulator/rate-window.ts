/** `aligned` to the server's minutes, begun by the `first` request after the last window, or `sliding`. */
export type WindowKind = 'aligned' | 'first' | 'sliding';

/** What a request did to the window, and how the window stands after it. */
export interface WindowState {
  readonly isTaken: boolean;
  readonly remaining: number;
  /** The server's time in milliseconds at which the window resets, or at which a sliding one has room again. */
  readonly resetAt: number;
}

export interface RateWindow {
  /** Counts a request, unless the window is full. Refused requests do not count: no page says that they do. */
  take(now: number): WindowState;
  /** The most requests that any window let in. */
  readonly peak: number;
}

export interface WindowOptions {
  readonly kind: WindowKind;
  readonly limit: number;
  readonly lengthMs: number;
}

export function createRateWindow({ kind, limit, lengthMs }: WindowOptions): RateWindow {
  return kind === 'sliding' ? slidingWindow(limit, lengthMs) : fixedWindow(kind, limit, lengthMs);
}

function fixedWindow(kind: 'aligned' | 'first', limit: number, lengthMs: number): RateWindow {
  let startedAt = Number.NEGATIVE_INFINITY;
  let used = 0;
  let peak = 0;
  return {
    take(now) {
      if (now >= startedAt + lengthMs) {
        startedAt = kind === 'aligned' ? Math.floor(now / lengthMs) * lengthMs : now;
        used = 0;
      }
      const isTaken = used < limit;
      if (isTaken) used += 1;
      peak = Math.max(peak, used);
      return { isTaken, remaining: limit - used, resetAt: startedAt + lengthMs };
    },
    get peak() {
      return peak;
    },
  };
}

function slidingWindow(limit: number, lengthMs: number): RateWindow {
  let taken: number[] = [];
  let peak = 0;
  return {
    take(now) {
      taken = taken.filter((time) => time > now - lengthMs);
      const isTaken = taken.length < limit;
      if (isTaken) taken.push(now);
      peak = Math.max(peak, taken.length);
      return { isTaken, remaining: limit - taken.length, resetAt: (taken[0] ?? now) + lengthMs };
    },
    get peak() {
      return peak;
    },
  };
}
