import { RenderError } from '../errors/render-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { SendState } from '../ports/http-transport.ts';
import { backoffMs } from './backoff.ts';
import { decide, mayHaveRun, type Repeatability } from './policy.ts';
import type { RetryBudget } from './retry-budget.ts';
import { waitFor } from './wait-for.ts';

/** A server that asks for more than this between two attempts has its error handed to the caller, who may plan. */
const LONGEST_RETRY_MS = 60_000;

/** An attempt that may have done its work, without protection against doing it again. */
export interface DoubtfulAttempt {
  readonly error: RenderError;
  /** Whether the provider itself answered, with a code of its tables. */
  readonly isDefinite: boolean;
  readonly attempts: number;
}

export interface RepeatPlan<T> {
  /** One attempt. Calls `onSend` just before the request goes on the wire. */
  readonly attempt: (onSend: () => void) => Promise<T>;
  readonly repeatability: Repeatability;
  readonly maxAttempts: number;
  /** Attempts that may end in a fault which the provider itself tells of. Default: as many. */
  readonly maxFaults?: number | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  readonly budget: RetryBudget;
  readonly signal?: AbortSignal | undefined;
  readonly sendStateOf: (error: RenderError) => SendState;
  readonly isDefinite: (error: RenderError) => boolean;
  /** Told of a planned repeat: its Unix milliseconds, and the attempts made. */
  readonly onRetry: (error: RenderError, nextAttemptAt: number, attempts: number) => void;
  /** Told of every attempt that may have done its work although it failed. */
  readonly onLost?: (() => void) | undefined;
  /** Finds out what became of such an attempt: its result, or undefined where it never arrived. */
  readonly settle?: ((doubt: DoubtfulAttempt) => Promise<T | undefined>) | undefined;
}

/**
 * Repeats a call as the policy decides. A refusal by the rate limit uses up no attempt: the account's gate is closed by
 * then, and the next attempt waits there among all others.
 * @throws {RenderError} the last error with the attempts made, or SUBMIT_OUTCOME_UNKNOWN.
 */
export async function repeat<T>(plan: RepeatPlan<T>): Promise<T> {
  const { clock, random, signal, repeatability, budget } = plan;
  let attempts = 0;
  let failures = 0;
  let lostBefore = false;
  for (;;) {
    const before = attempts;
    let error: RenderError;
    try {
      const result = await plan.attempt(() => {
        attempts += 1;
      });
      if (failures > 0) budget.refund();
      return result;
    } catch (thrown) {
      if (!RenderError.isInstance(thrown)) throw thrown;
      error = thrown;
    }
    // Nothing was sent: the queue's own bound, a bad request or an abort. There is nothing to decide.
    if (attempts === before) throw attempts === 0 ? error : error.with({ attempts });

    const facts = { error, sent: plan.sendStateOf(error), isDefinite: plan.isDefinite(error) };
    if (error.code !== 'RATE_LIMITED') failures += 1;
    if (mayHaveRun(facts)) {
      lostBefore = true;
      plan.onLost?.();
    }
    const maxAttempts = facts.isDefinite ? (plan.maxFaults ?? plan.maxAttempts) : plan.maxAttempts;
    let decision = decide({ ...facts, repeatability, failures, maxAttempts, lostBefore });
    if (decision === 'settle') {
      if (plan.settle === undefined) throw unsettled(error, facts.isDefinite, attempts);
      const found = await plan.settle({ error, isDefinite: facts.isDefinite, attempts });
      if (found !== undefined) return found;
      // It never arrived: the same as a connection that was refused.
      decision = failures < maxAttempts ? 'repeat' : 'give-up';
    }
    if (decision === 'wait-account') continue;
    const delay = backoffMs({ failures, random, floorMs: error.record.retryAfterMs });
    if (decision === 'give-up' || delay > LONGEST_RETRY_MS || !budget.spend()) throw error.with({ attempts });
    const nextAttemptAt = clock.now() + delay;
    plan.onRetry(error, nextAttemptAt, attempts);
    await waitFor({ clock, until: nextAttemptAt, signal });
  }
}

/** What a doubtful attempt ends in that nobody can settle. `why` is what stands in the way. */
export function unsettled(error: RenderError, isDefinite: boolean, attempts: number, why?: string): RenderError {
  return isDefinite && error.code === 'PROVIDER_ERROR'
    ? inDoubt(error, attempts, why)
    : outcomeUnknown(error, attempts, why);
}

/**
 * A fault of the provider, told in its own words, is no proof that no job was made: without a key the repeat that its page
 * recommends may be billed as a second render, so it is left to somebody who has looked.
 */
function inDoubt(error: RenderError, attempts: number, why: string | undefined): RenderError {
  return error.with({
    retryable: false,
    attempts,
    remedy: `Look at the provider's job list first${why === undefined ? '' : ` (${why})`}: if the job is not there, submit it again; if it is, it was billed.`,
  });
}

function outcomeUnknown(error: RenderError, attempts: number, why: string | undefined): RenderError {
  const { provider, providerCode, httpStatus, requestId } = error.record;
  return new RenderError({
    code: 'SUBMIT_OUTCOME_UNKNOWN',
    message: `The job may or may not have been accepted: ${error.message}${why === undefined ? '' : ` It cannot be settled: ${why}.`}`,
    ...(provider !== undefined && { provider }),
    ...(providerCode !== undefined && { providerCode }),
    ...(httpStatus !== undefined && { httpStatus }),
    ...(requestId !== undefined && { requestId }),
    attempts,
    cause: error,
  });
}
