import type { ProviderName } from '../errors/provider-code.ts';
import type { ErrorRecord } from '../errors/render-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { HttpTransport } from '../ports/http-transport.ts';
import type { LaneFactory } from '../ports/lane.ts';
import type { AccountListener } from './account-event.ts';
import type { AccountState } from './account-state.ts';
import type { JobPage, JobSnapshot } from './job.ts';
import type { AccountLimits, ListOptions, RenderProvider, ValidationIssue } from './provider.ts';
import type { AccountRecovery } from './recovery.ts';
import type { SchemaSource, ValidationReport } from './validation.ts';

/** Why a submit has not been sent yet, or must be sent again. */
export interface QueueNotice {
  /**
   * `slot`: every concurrent job of the plan is taken, or another submit must be answered first. `rate`: the window is
   * spent. `retry`: the last attempt failed. `credits`: the account had no credits for the submit before. `outage`: the
   * provider is down.
   */
  readonly reason: 'slot' | 'rate' | 'retry' | 'credits' | 'outage';
  /** The refusal or fault that caused the wait, where there was one. */
  readonly error?: ErrorRecord;
  /** Unix time in milliseconds of the next attempt, where it is known. */
  readonly nextAttemptAt?: number;
  readonly attempts: number;
}

/** What a function among these throws ends the submit and reaches the caller as it is; thrown by `onSend`, nothing is sent. */
export interface SubmitOptions {
  /**
   * Makes a repeat safe where the provider has keys (Rendobar), and is ignored where it has none (PhantomFlow). A key is made
   * when the caller gives none.
   */
  readonly idempotencyKey?: string | undefined;
  /** Milliseconds to go on trying while the account is at one of its limits. Default 600,000; 0 gives the refusal at once. */
  readonly maxQueueMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /**
   * The schema that the request must fit before it is sent. `live` (the default): the one that the provider serves, read at
   * most every five minutes, or the bundled one where it cannot be had soon. `none` leaves it to the provider.
   */
  readonly checkAgainst?: SchemaSource | undefined;
  /** Whose submit this is, for example a workflow execution: owners take turns. Default: all that name none are one. */
  readonly owner?: string | undefined;
  /** A higher number always goes before a lower one, without ageing: keep it for what is rare. Default 0. */
  readonly priority?: number | undefined;
  readonly onQueued?: ((notice: QueueNotice) => void) | undefined;
  /** Called just before the request goes on the wire, for each attempt. */
  readonly onSend?: (() => void) | undefined;
}

/** What a function among these throws ends this wait alone and reaches the caller as it is; the job goes on. */
export interface WaitOptions {
  /** Milliseconds until the wait (not the job) ends with WAIT_TIMEOUT. Default 1,800,000: half an hour. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onChange?: ((snapshot: JobSnapshot) => void) | undefined;
  /** A look is held up by a limit, or failed and will be repeated. What it concerns is the look, not the job. */
  readonly onTrouble?: ((error: ErrorRecord) => void) | undefined;
}

export interface CallOptions {
  /** Milliseconds to wait for the account's rate limit. Default 600,000; 0 gives the refusal at once. */
  readonly maxQueueMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** One account of one provider. Every client of the same account in a process shares its queue and its limits. */
export interface RenderClient {
  readonly provider: RenderProvider;
  /** Sends the job inside the account's limits. Resolves once the provider accepted it; throws RenderError otherwise. */
  submit(request: unknown, options?: SubmitOptions): Promise<JobSnapshot>;
  /** One look at one job. A failed job is a snapshot with `error`, not a throw. */
  get(jobId: string, options?: CallOptions): Promise<JobSnapshot>;
  list(options?: ListOptions & CallOptions): Promise<JobPage>;
  /** Throws PROVIDER_UNSUPPORTED where the provider documents no cancellation. */
  cancel(jobId: string, options?: CallOptions): Promise<JobSnapshot>;
  /** Looks until the job has ended. Throws WAIT_TIMEOUT (with the job id) when the time is over; the job goes on. */
  wait(jobId: string, options?: WaitOptions): Promise<JobSnapshot>;
  /** The JSON Schema that the provider serves for this request, or undefined where it serves none. */
  fetchSchema(request: unknown, options?: CallOptions): Promise<object | undefined>;
  /**
   * Holds the request against the schema that the provider serves, or a bundled one where that cannot be had within ten
   * seconds (`maxQueueMs`: 5,000 by default). Submits nothing. All problems are told at once.
   */
  validate(request: unknown, options?: CallOptions): Promise<ValidationReport>;
  /**
   * A webhook or callback spoke of this job: it is looked at now, if anybody waits for it or for its slot. Nothing else of
   * the webhook is believed, so that an unsigned one does no harm.
   */
  announce(jobId: string): void;
  /** Tells every decision of the account's scheduler from now on. Gives the function that ends it. */
  subscribe(listener: AccountListener): () => void;
  /** Where the account stands: its window, its slots, its line and what is watched. */
  state(): AccountState;
  /** Carries on with an account that an earlier process worked. */
  readonly recovery: AccountRecovery;
  /** Problems that can be seen without asking the provider. */
  check(request: unknown): readonly ValidationIssue[];
}

/** What a host brings so that core can act: nothing in core opens a socket or starts a timer. */
export interface ClientPorts {
  readonly transport: HttpTransport;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly lanes: LaneFactory;
}

export interface RenderClientOptions {
  /** A registered provider id, `rendobar` or `phantomflow`. */
  readonly provider: ProviderName;
  readonly apiKey: string;
  /** Default: the provider's own. Plain http is accepted on loopback only. */
  readonly baseUrl?: string | undefined;
  /** Where the account's plan differs from the smallest one. */
  readonly limits?: Partial<AccountLimits> | undefined;
  /** Milliseconds until one attempt must have been answered. Default 30,000. */
  readonly timeoutMs?: number | undefined;
}
