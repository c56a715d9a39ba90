import type { Clock } from '../ports/clock.ts';

const CAPACITY = 100;
/** What an idle minute gives back: a budget that was spent in an outage is whole again soon after it. */
const REFILL_PER_SECOND = 1;

/**
 * The repeats that an account may still make. Each call may be repeated a few times; when a provider fails for everyone,
 * the sum of those is a storm, and the budget ends it: calls then fail with the error that they met.
 */
export interface RetryBudget {
  /** Spends one repeat; false when none is left. */
  spend(): boolean;
  /** A repeat has worked: it gives back what it took. */
  refund(): void;
  left(): number;
}

export function createRetryBudget(clock: Clock): RetryBudget {
  let tokens = CAPACITY;
  let refilledAt = clock.now();

  function refill(): void {
    const now = clock.now();
    tokens = Math.min(CAPACITY, tokens + (Math.max(0, now - refilledAt) / 1000) * REFILL_PER_SECOND);
    refilledAt = now;
  }

  return {
    spend() {
      refill();
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
    refund() {
      tokens = Math.min(CAPACITY, tokens + 1);
    },
    left() {
      refill();
      return Math.floor(tokens);
    },
  };
}
