import type { Clock } from '@renderq/core';
import type { AccountHandle } from './account-handle.ts';
import type { Job } from './job.ts';
import type { JobStore, ListQuery } from './job-store.ts';

export interface DispatcherOptions {
  /**
   * The account of a provider; called often, so a host keeps it. May throw RenderError: an unknown provider, a missing key,
   * a bad base URL.
   */
  readonly accounts: (provider: string) => Promise<AccountHandle>;
  readonly store: JobStore;
  readonly clock: Clock;
  /** Uniform in [0, 1). Default `Math.random`. */
  readonly random?: () => number;
  /** Makes ids of jobs. Default {@link newJobId}. */
  readonly newId?: () => string;
  /** Jobs that may be open at a time before a submit is refused with QUEUE_FULL. Default 1,000. */
  readonly maxOpenJobs?: number;
  /** Hears of faults that no caller is waiting for. They may hold anything: never show them to a user. */
  readonly onFault?: (fault: unknown, jobId: string) => void;
  /** Waits between looks at what other processes did. Default: a timer that keeps no process alive. */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

export interface ByPrincipal {
  /** Whose jobs this is about; those of others do not exist for the call. Default `local`. */
  readonly principal?: string;
}

export interface SubmitInput extends ByPrincipal {
  readonly provider: string;
  /** The provider's own request body. */
  readonly request: unknown;
  /**
   * At one account, same key and same request: the first job again; same key and another request: CONFLICT. Without a
   * key, the same request within five minutes is the first job again as well, unless that has failed or been cancelled.
   */
  readonly idempotencyKey?: string;
  readonly label?: string;
  /** Milliseconds to go on trying while the account is at a limit; 0 makes the refusal the job's failure at once. */
  readonly maxQueueMs?: number;
}

export interface WaitForOptions extends ByPrincipal {
  /** Unix milliseconds at which the wait ends, whatever the job does. */
  readonly untilMs: number;
  /** Ends the wait; the job goes on. */
  readonly signal?: AbortSignal;
  /** Hears of the job as it is at first, then of each change. */
  readonly onChange?: (job: Job) => void;
  /** What to wait for. Default: the job has ended. */
  readonly until?: (job: Job) => boolean;
}

export interface CancelOptions extends ByPrincipal {
  /** Unix milliseconds at which to answer with `cancelRequested` instead; the cancellation goes on. Default: never. */
  readonly untilMs?: number;
}

export interface ListOptions extends ListQuery, ByPrincipal {}

/** What a person found out about a submit whose outcome was unknown. */
export type SettleInput =
  | { readonly outcome: 'ran'; readonly providerJobId: string }
  | { readonly outcome: 'never-ran' };

export interface JobPage {
  readonly jobs: readonly Job[];
  readonly nextCursor?: string;
}

/**
 * Accepts render jobs, submits each exactly once inside the account's limits and follows it to its end. Every call may
 * throw RenderError STORE_UNAVAILABLE; what was accepted before is kept.
 */
export interface Dispatcher {
  /**
   * Accepts a job and answers once it is kept, before it is sent. Throws RenderError INVALID_REQUEST, CONFLICT (field
   * `idempotencyKey`), QUEUE_FULL, or what `accounts` throws. Whatever happens later is in the job.
   */
  submit(input: SubmitInput): Promise<Job>;
  /**
   * The job as last seen. Looks again, for some seconds at most, when it could not be looked at before, when its links have
   * expired, or when the outcome of its submit is unknown. A look never starts a render.
   */
  get(id: string, by?: ByPrincipal): Promise<Job>;
  /** Waits for the job and answers with what it is then: at the deadline, too, without a throw. */
  waitFor(id: string, options: WaitForOptions): Promise<Job>;
  /** The provider's own request body of a job, or undefined where it is kept no longer. */
  requestOf(id: string, by?: ByPrincipal): Promise<unknown>;
  /** Newest first. */
  list(query: ListOptions): Promise<JobPage>;
  /**
   * Cancels a job: locally while no provider has it, else at the provider. Throws RenderError CONFLICT for a job
   * that ended otherwise, PROVIDER_UNSUPPORTED where the provider cannot cancel; the job is then unchanged.
   */
  cancel(id: string, options?: CancelOptions): Promise<Job>;
  /**
   * A person's word on a job that failed in doubt (`doubt`). `ran`: the provider's job is looked at and becomes
   * this job's. `never-ran`: it is sent again. Throws RenderError CONFLICT when the outcome is not in doubt or the
   * provider's job belongs to another job here, NOT_FOUND when the provider does not know it.
   */
  settle(id: string, found: SettleInput, by?: ByPrincipal): Promise<Job>;
  /**
   * Calls `listener` after each change of a job of the principal that is worked here, and, while anything is open or waited
   * for here, of those that other processes work. Returns how to stop it.
   */
  subscribe(listener: (job: Job) => void, by?: ByPrincipal): () => void;
  /** Stops following jobs and leaves them to other processes. Those that a provider has go on there. */
  close(): Promise<void>;
}
