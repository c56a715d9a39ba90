import type { CallOptions } from '../contract/client.ts';
import type { WireCall } from '../contract/provider.ts';
import { definedFields } from '../decode/defined-fields.ts';
import { typed } from '../errors/internal.ts';
import { RenderError } from '../errors/render-error.ts';
import type { HttpResponse } from '../ports/http-transport.ts';
import type { Account, CallPlan } from '../queue/account.ts';
import { DEFAULT_QUEUE_MS } from '../queue/submit-job.ts';

/** A call of a provider's own surface: inside the account's limits, repeated where that is safe, typed errors only. */
export type ApiCaller = <T>(wire: WireCall, how: ApiCall<T>) => Promise<T>;

export interface ApiCall<T> {
  readonly read: (response: HttpResponse) => T;
  readonly options?: CallOptions | undefined;
  /** False where a repeat would do the work twice. Default true. */
  readonly isRepeatable?: boolean;
  /** Told of every attempt that may have done its work although it failed. */
  readonly onLost?: () => void;
}

/** Who waits, and for how long: what every call of a surface has in common. */
export function callPlan(account: Account, { maxQueueMs = DEFAULT_QUEUE_MS, signal }: CallOptions = {}) {
  return {
    purpose: 'call' as const,
    until: account.ports.clock.now() + maxQueueMs,
    signal,
  } satisfies Omit<CallPlan, 'repeatability'>;
}

export function createApiCaller(account: Account): ApiCaller {
  return async (wire, { read, options, isRepeatable = true, onLost }) => {
    const repeatability = isRepeatable ? 'safe' : 'unkeyed';
    return typed(() =>
      account.call(wire, { ...callPlan(account, options), repeatability, ...definedFields({ onLost }) }, read),
    ).catch((error: RenderError) => {
      throw error.code === 'SUBMIT_OUTCOME_UNKNOWN' ? maybeDone(error) : error;
    });
  };
}

/** What broke a call that is no submit, with the warning that it may have done its work. */
function maybeDone(error: RenderError): RenderError {
  if (!RenderError.isInstance(error.cause)) return error;
  return error.cause.with({
    retryable: false,
    attempts: error.record.attempts ?? 1,
    remedy: 'Look at the current state before repeating this call: it may have been carried out.',
  });
}
