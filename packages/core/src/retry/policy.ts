import type { RenderError } from '../errors/render-error.ts';
import type { SendState } from '../ports/http-transport.ts';

/**
 * What protects a call from running twice: `safe` changes nothing or nothing more, `keyed` carries an idempotency key,
 * `unkeyed` would start, and bill, a second job.
 */
export type Repeatability = 'safe' | 'keyed' | 'unkeyed';

/**
 * `wait-account`: the account's gate is closed, the call waits there. `settle`: the call may have done its work, and nothing
 * protects a repeat; somebody must look before anything else is done.
 */
export type Decision = 'repeat' | 'wait-account' | 'settle' | 'give-up';

export interface FailedAttempt {
  readonly error: RenderError;
  readonly repeatability: Repeatability;
  /** Failures so far that count, this one included. Refusals by a limit do not. */
  readonly failures: number;
  readonly maxAttempts: number;
  readonly sent: SendState;
  /** Whether the error is the provider's own: a code of its tables. It knows what became of the request. */
  readonly isDefinite: boolean;
  /** Whether an earlier attempt of this call may have reached the provider without its answer reaching us. */
  readonly lostBefore: boolean;
}

/** Whether a failed attempt leaves open if the request did its work: no answer came, or a gateway's instead of the API's. */
export function mayHaveRun({ error, isDefinite, sent }: Pick<FailedAttempt, 'error' | 'isDefinite' | 'sent'>): boolean {
  switch (error.code) {
    case 'NETWORK':
    case 'CANCELLED':
      return sent === 'maybe-sent';
    case 'PROVIDER_ERROR':
    case 'BAD_RESPONSE':
      return !isDefinite && !isRefusal(error.record.httpStatus);
    default:
      return false;
  }
}

/** A redirect or a refusal by status: whoever spoke, the request was not carried out. */
function isRefusal(httpStatus: number | undefined): boolean {
  return httpStatus !== undefined && httpStatus >= 300 && httpStatus < 500 && httpStatus !== 408;
}

/** A fault that the provider itself tells of is no proof that it had not begun (PhantomFlow error page: INTERNAL_ERROR). */
function isFault({ code, record }: RenderError): boolean {
  return code === 'PROVIDER_ERROR' && record.retryable;
}

/** Decides what follows a failed attempt. The code decides, not the status: RENDER_FAILED is a 500 that never runs again. */
export function decide(attempt: FailedAttempt): Decision {
  const { error, repeatability, failures, maxAttempts } = attempt;
  const again: Decision = failures < maxAttempts ? 'repeat' : 'give-up';
  switch (error.code) {
    case 'RATE_LIMITED':
      return 'wait-account';
    case 'NETWORK':
      if (repeatability !== 'unkeyed' || attempt.sent === 'not-sent') return again;
      return 'settle';
    case 'PROVIDER_ERROR':
    case 'BAD_RESPONSE':
      if (repeatability === 'unkeyed') return mayHaveRun(attempt) || isFault(error) ? 'settle' : 'give-up';
      if (error.code === 'BAD_RESPONSE') return isRefusal(error.record.httpStatus) ? 'give-up' : again;
      return error.record.retryable ? again : 'give-up';
    case 'CONFLICT':
      // Rendobar: the key's first submit is still being stored. That submit is ours, its answer was lost.
      // It may take a while, and asking costs nothing: the key protects it.
      if (repeatability !== 'keyed' || !attempt.lostBefore || error.record.jobId !== undefined) return 'give-up';
      return failures < 2 * maxAttempts ? 'repeat' : 'give-up';
    default:
      return 'give-up';
  }
}
