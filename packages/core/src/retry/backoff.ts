const BASE_MS = 500;
const FACTOR = 2;
const CAP_MS = 30_000;
/** Spread above the server's own word, so that many waiters do not come back at the same instant. */
const SPREAD_MS = 250;

export interface BackoffInput {
  /** Failed attempts so far, 1 for the first. */
  readonly failures: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Milliseconds that the server asked for. */
  readonly floorMs?: number | undefined;
}

/**
 * Milliseconds to wait before the next attempt: exponential with full jitter (base 500 ms, factor 2, cap 30 s).
 * Never below the server's own word, above which jitter is only added.
 */
export function backoffMs({ failures, random, floorMs }: BackoffInput): number {
  const ceiling = Math.min(CAP_MS, BASE_MS * FACTOR ** Math.max(0, failures - 1));
  const jittered = Math.round(random() * ceiling);
  return floorMs === undefined ? jittered : Math.max(floorMs + Math.round(random() * SPREAD_MS), jittered);
}

const SLOT_BASE_MS = 2_000;
const SLOT_FACTOR = 1.5;
const SLOT_CAP_MS = 15_000;

/**
 * Milliseconds until a submit that was refused for want of a slot is tried again: half of the time in which one is expected
 * to come free, at least 2 s, growing to that time or to 15 s, with up to a fifth of jitter on top; the server's own word
 * instead where it gave one.
 * @param input `expectedMs`: the time in which a slot is expected to come free.
 */
export function slotWaitMs(input: BackoffInput & { readonly expectedMs?: number }): number {
  const { failures, random, floorMs, expectedMs = 0 } = input;
  if (floorMs !== undefined) return floorMs + Math.round(random() * SPREAD_MS);
  const first = Math.max(SLOT_BASE_MS, expectedMs / 2);
  const base = Math.min(Math.max(SLOT_CAP_MS, expectedMs), first * SLOT_FACTOR ** Math.max(0, failures - 1));
  return Math.round(base * (1 + random() / 5));
}
