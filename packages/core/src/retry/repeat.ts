import type { QueueNotice } from '../contract/client.ts';
import { RenderError } from '../errors/render-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { SendState } from '../ports/http-transport.ts';
import { backoffMs, slotWaitMs } from './backoff.ts';
import { decide, mayHaveRun, type Repeatability } from './policy.ts';
import { waitFor } from './wait-for.ts';

/** A server that asks for more than this between two attempts has its error handed to the caller, who may plan. */
const LONGEST_RETRY_MS = 60_000;

export interface RepeatPlan<T> {
  /** One attempt. Calls `onSend` just before the request goes on the wire. */
  readonly attempt: (onSend: () => void) => Promise<T>;
  readonly repeatability: Repeatability;
  readonly isSubmit: boolean;
  readonly maxAttempts: number;
  /** Unix milliseconds until which a limit of the account is waited for. */
  readonly until: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal?: AbortSignal | undefined;
  readonly sendStateOf: (error: RenderError) => SendState;
  readonly isDefinite: (error: RenderError) => boolean;
  /** Waits until a slot may have come free, or the time given. */
  readonly waitForSlot: (until: number) => Promise<void>;
  /** Whether a job of ours holds a slot, so that one may come free before the server's time. */
  readonly holdsSlots: () => boolean;
  readonly onQueued?: ((notice: QueueNotice) => void) | undefined;
  /** Told of every attempt that may have done its work although it failed. */
  readonly onLost?: (() => void) | undefined;
}

/**
 * Repeats a call as the policy decides. A refusal by the rate limit or for want of a slot uses up no attempt; it is
 * bounded by `until` alone.
 * @throws {RenderError} the last error with the attempts made, or SUBMIT_OUTCOME_UNKNOWN.
 */
export async function repeat<T>(plan: RepeatPlan<T>): Promise<T> {
  const { clock, random, signal, until } = plan;
  let attempts = 0;
  let failures = 0;
  let refusals = 0;
  let lostBefore = false;
  for (;;) {
    const before = attempts;
    let error: RenderError;
    try {
      return await plan.attempt(() => {
        attempts += 1;
      });
    } catch (thrown) {
      if (!RenderError.isInstance(thrown)) throw thrown;
      error = thrown;
    }
    // Nothing was sent: the queue's own bound, a bad request or an abort. There is nothing to decide.
    if (attempts === before) throw attempts === 0 ? error : error.with({ attempts });

    const facts = { error, sent: plan.sendStateOf(error), isDefinite: plan.isDefinite(error) };
    const isLimit = error.code === 'RATE_LIMITED' || (plan.isSubmit && error.code === 'CONCURRENCY_LIMITED');
    if (isLimit) refusals += 1;
    else failures += 1;
    const { repeatability, isSubmit, maxAttempts } = plan;
    const decision = decide({ ...facts, repeatability, isSubmit, failures, maxAttempts, lostBefore });
    if (mayHaveRun(facts)) {
      lostBefore = true;
      plan.onLost?.();
    }
    const floorMs = error.record.retryAfterMs;
    const notice = { error: error.record, attempts };
    switch (decision) {
      case 'wait-account':
        // The account's gate is closed by now: the next attempt waits there, among all others.
        break;
      case 'wait-slot': {
        const nextAttemptAt = clock.now() + slotWaitMs({ failures: refusals, random, floorMs });
        if (clock.now() >= until || (nextAttemptAt > until && !plan.holdsSlots())) throw error.with({ attempts });
        plan.onQueued?.({ reason: 'slot', nextAttemptAt, ...notice });
        await plan.waitForSlot(Math.min(nextAttemptAt, until));
        if (clock.now() >= until) throw error.with({ attempts });
        break;
      }
      case 'repeat': {
        const delay = backoffMs({ failures, random, floorMs });
        if (delay > LONGEST_RETRY_MS) throw error.with({ attempts });
        const nextAttemptAt = clock.now() + delay;
        plan.onQueued?.({ reason: 'retry', nextAttemptAt, ...notice });
        await waitFor({ clock, until: nextAttemptAt, signal });
        break;
      }
      case 'outcome-unknown':
        throw outcomeUnknown(error, attempts);
      case 'give-up':
        throw (isSubmit && repeatability === 'unkeyed' ? inDoubt(error) : error).with({ attempts });
    }
  }
}

/**
 * A fault of the provider, told in its own words, is no proof that no job was made: without a key the repeat that its page
 * recommends may be billed as a second render, so it is left to somebody who has looked.
 */
function inDoubt(error: RenderError): RenderError {
  if (error.code !== 'PROVIDER_ERROR') return error;
  return error.with({
    retryable: false,
    remedy: "Look at the provider's job list first: if the job is not there, submit it again; if it is, it was billed.",
  });
}

function outcomeUnknown(error: RenderError, attempts: number): RenderError {
  const { provider, providerCode, httpStatus, requestId } = error.record;
  return new RenderError({
    code: 'SUBMIT_OUTCOME_UNKNOWN',
    message: `The job may or may not have been accepted: ${error.message}`,
    ...(provider !== undefined && { provider }),
    ...(providerCode !== undefined && { providerCode }),
    ...(httpStatus !== undefined && { httpStatus }),
    ...(requestId !== undefined && { requestId }),
    attempts,
    cause: error,
  });
}
