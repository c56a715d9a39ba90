import type { ErrorRecord } from '../errors/render-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { HttpTransport } from '../ports/http-transport.ts';
import type { LaneFactory } from '../ports/lane.ts';
import type { JobPage, JobSnapshot } from './job.ts';
import type { AccountLimits, ListOptions, RenderProvider, ValidationIssue } from './provider.ts';
import type { ValidationReport } from './validation.ts';

/** Why a submit has not been sent yet, or must be sent again. */
export interface QueueNotice {
  /** `slot`: every concurrent job of the plan is taken. `rate`: the window is spent. `retry`: the last attempt failed. */
  readonly reason: 'slot' | 'rate' | 'retry';
  /** The refusal or fault that caused the wait, where there was one. */
  readonly error?: ErrorRecord;
  /** Unix time in milliseconds of the next attempt, where it is known. */
  readonly nextAttemptAt?: number;
  readonly attempts: number;
}

export interface SubmitOptions {
  /** Makes a repeat safe where the provider has keys. A key is made when the caller gives none. */
  readonly idempotencyKey?: string;
  /** Milliseconds to go on trying while the account is at one of its limits. Default 600,000; 0 gives the refusal at once. */
  readonly maxQueueMs?: number;
  readonly signal?: AbortSignal;
  readonly onQueued?: (notice: QueueNotice) => void;
  /** Called just before the request goes on the wire, for each attempt. */
  readonly onSend?: () => void;
}

export interface WaitOptions {
  /** Milliseconds until the wait (not the job) ends with WAIT_TIMEOUT. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  readonly onChange?: (snapshot: JobSnapshot) => void;
  /** A look is held up by a limit, or failed and will be repeated. What it concerns is the look, not the job. */
  readonly onTrouble?: (error: ErrorRecord) => void;
}

export interface CallOptions {
  /** Milliseconds to wait for the account's rate limit. Default 600,000; 0 gives the refusal at once. */
  readonly maxQueueMs?: number;
  readonly signal?: AbortSignal;
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
  wait(jobId: string, options: WaitOptions): Promise<JobSnapshot>;
  /** The JSON Schema that the provider serves for this request, or undefined where it serves none. */
  fetchSchema(request: unknown, options?: CallOptions): Promise<object | undefined>;
  /**
   * Holds the request against the schema that the provider serves, or a bundled one where that cannot be had within ten
   * seconds (`maxQueueMs`: 5,000 by default). Submits nothing. All problems are told at once.
   */
  validate(request: unknown, options?: CallOptions): Promise<ValidationReport>;
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
  readonly provider: string;
  readonly apiKey: string;
  /** Default: the provider's own. Plain http is accepted on loopback only. */
  readonly baseUrl?: string;
  /** Where the account's plan differs from the smallest one. */
  readonly limits?: Partial<AccountLimits>;
  /** Milliseconds until one attempt must have been answered. Default 30,000. */
  readonly timeoutMs?: number;
}
