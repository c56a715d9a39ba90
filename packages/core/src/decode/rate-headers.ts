import { readNumber } from './scalars.ts';

type Headers = Readonly<Record<string, string>>;

const DAY_MS = 86_400_000;

/** What the provider says of the account's request window (PhantomFlow error page: "Rate limit response headers"). */
export interface RateWindow {
  readonly limit?: number;
  readonly remaining?: number;
  /** Milliseconds from this answer until the window resets, by the provider's own clock. */
  readonly resetInMs?: number;
}

/** The provider's time in Unix milliseconds, or ours where the answer carries no date; NaN where neither is known. */
function serverNow(headers: Headers, nowMs: number | undefined): number {
  const date = Date.parse(headers.date ?? '');
  return Number.isNaN(date) ? (nowMs ?? Number.NaN) : date;
}

/** Reads the X-RateLimit-* headers. A reset in the past, or more than a day away, is not believed. */
export function readRateWindow(headers: Headers, nowMs?: number): RateWindow {
  const limit = readNumber(headers['x-ratelimit-limit']);
  const remaining = readNumber(headers['x-ratelimit-remaining']);
  const reset = readNumber(headers['x-ratelimit-reset']);
  let resetInMs: number | undefined;
  if (reset !== undefined && reset > 0) {
    // Documented as a Unix timestamp in seconds; milliseconds and "seconds from now" are told apart by their size.
    if (reset < 1e7) resetInMs = reset * 1000;
    else resetInMs = (reset < 1e11 ? reset * 1000 : reset) - serverNow(headers, nowMs);
    if (!(resetInMs > 0 && resetInMs <= DAY_MS)) resetInMs = undefined;
  }
  return {
    ...(limit !== undefined && limit >= 1 && { limit: Math.floor(limit) }),
    ...(remaining !== undefined && remaining >= 0 && { remaining: Math.floor(remaining) }),
    ...(resetInMs !== undefined && { resetInMs }),
  };
}

/**
 * Milliseconds that the Retry-After header asks for: seconds, or an HTTP date against the answer's own Date header, so
 * that a wrong clock on either side does no harm. Of several, as a proxy adds its own, the longest counts. Capped at a
 * day; undefined where there is nothing sensible.
 */
export function readRetryAfter(headers: Headers, nowMs?: number): number | undefined {
  const text = headers['retry-after']?.trim();
  if (text === undefined || text === '') return undefined;
  if (/^\d+(\.\d+)?(\s*,\s*\d+(\.\d+)?)*$/.test(text)) {
    return Math.min(Math.ceil(Math.max(...text.split(',').map(Number)) * 1000), DAY_MS);
  }
  // Date.parse reads "-5" as a date; an HTTP date begins with the name of a day.
  if (!/^[A-Za-z]{3,9},? /.test(text)) return undefined;
  const wait = Date.parse(text) - serverNow(headers, nowMs);
  return Number.isNaN(wait) || wait < 0 ? undefined : Math.min(wait, DAY_MS);
}
