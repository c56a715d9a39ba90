const FIRST_MS = 500;
const FACTOR = 1.5;
const CAP_MS = 5_000;
const WINDOW_MS = 60_000;

export interface IntervalInput {
  /** Looks made so far. */
  readonly looks: number;
  /** Requests that one round of looks costs: 1 where a single list call shows every job. */
  readonly requestsPerRound: number;
  /** Requests per minute of the account. */
  readonly requestsPerMinute: number;
}

/** Looks that an account may spend per minute: half of its requests, so that submits always find room. */
export function lookBudget(requestsPerMinute: number): number {
  return Math.max(1, Math.floor(requestsPerMinute / 2));
}

/**
 * Milliseconds until the next look at a job: 0.5 s at first, growing by half up to 5 s. On small plans the looks are
 * spread so that a minute of them costs at most half of the minute's requests, the first one a quarter step in.
 */
export function lookIntervalMs({ looks, requestsPerRound, requestsPerMinute }: IntervalInput): number {
  const rounds = lookBudget(requestsPerMinute) / Math.max(1, requestsPerRound);
  const spacing = WINDOW_MS / (rounds < 1 ? rounds : Math.floor(rounds));
  if (looks === 0) return Math.round(Math.min(CAP_MS, Math.max(FIRST_MS, spacing / 4)));
  return Math.ceil(Math.max(spacing, Math.min(CAP_MS, FIRST_MS * FACTOR ** looks)));
}
