import type { RenderErrorCode } from '../errors/codes.ts';
import type { RenderError } from '../errors/render-error.ts';
import type { HttpResponse } from '../ports/http-transport.ts';
import type { JobPage, JobSnapshot } from './job.ts';

/** One call to a provider's API, before authentication and transport. */
export interface WireCall {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Path below the base URL, with query. */
  readonly path: string;
  readonly body?: unknown;
  /** Lower-case headers of this call alone, for example `if-none-match`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Statuses besides 2xx that are an answer to this call, for example 304 to a conditional GET. */
  readonly answers?: readonly number[];
}

/** The requests per minute and jobs at a time that an account may have. */
export interface AccountLimits {
  readonly requestsPerMinute: number;
  readonly concurrentJobs: number;
}

/** One row of a provider's error table. */
export interface ProviderErrorRow {
  /** HTTP status on the vendor's page; null where the code appears only inside a job. */
  readonly httpStatus: number | null;
  /** renderq's code for it. */
  readonly code: RenderErrorCode;
  /** What the vendor's page says it means, in our words. */
  readonly meaning: string;
  readonly retryable: boolean;
  /** One sentence: what to do next. */
  readonly remedy: string;
  /** Where the row comes from, for example "Rendobar error page". */
  readonly source: string;
}

/** One provider's error table, and what makes a row more exact than its code alone. */
export interface ErrorDialect {
  readonly provider: string;
  readonly rows: Readonly<Record<string, ProviderErrorRow>>;
  /** The row that is truer for this very answer, or undefined where the table's row stands. */
  readonly refine?: (found: {
    readonly code: string;
    readonly row: ProviderErrorRow;
    readonly facts: { readonly message?: string; readonly limitName?: string };
    readonly httpStatus?: number;
  }) => ProviderErrorRow | undefined;
}

export interface ListOptions {
  /** At most this many jobs, newest first. */
  readonly limit?: number | undefined;
}

/** The part of a request that a schema is about. */
export interface SchemaSubject {
  /** Where it stands in the request; empty for the whole of it. */
  readonly path: readonly string[];
  readonly value: unknown;
}

export interface ValidationIssue {
  readonly field: string;
  readonly message: string;
}

/**
 * One provider's API as data and pure functions: how a call looks on the wire and what an answer means.
 * It never sends, waits, retries or queues.
 */
export interface RenderProvider {
  readonly id: string;
  readonly displayName: string;
  readonly defaultBaseUrl: string;
  /** Environment variable names that the hosts read. */
  readonly env: { readonly apiKey: string; readonly baseUrl: string };
  /** The limits of the smallest plan, believed until the answers' headers or the caller say otherwise. */
  readonly defaultLimits: AccountLimits;
  /** Whether a submit carries an idempotency key, which makes it safe to repeat. */
  readonly idempotentSubmit: boolean;
  /** Whether the provider refuses jobs above the cap (`refuse`) or queues them itself (`queue`). */
  readonly overCap: 'refuse' | 'queue';
  /** Every error code of the vendor's pages. A code that stands here makes an error answer a definite one. */
  readonly errors: Readonly<Record<string, ProviderErrorRow>>;
  /** Whether the vendor documents that every answer tells the request window (X-RateLimit-*). */
  readonly tellsRateWindow: boolean;
  /** Lower-case headers that authenticate a call. */
  authHeaders(apiKey: string): Readonly<Record<string, string>>;

  submit(request: unknown, options: { readonly idempotencyKey?: string }): WireCall;
  get(jobId: string): WireCall;
  list(options: ListOptions): WireCall;
  /** Null where the provider documents no cancellation. */
  readonly cancel: ((jobId: string) => WireCall) | null;
  /**
   * The submit to send instead when this one was refused because its idempotency key is spent on a job that never ran;
   * undefined where the refusal stands. The same refusals must lead to the same calls, so that a later repeat finds the
   * job. `walked` counts the keys that were refused before.
   */
  readonly resubmit?: (refused: WireCall, refusal: RenderError, walked: number) => WireCall | undefined;
  /** What kind of job a request makes: jobs of one kind take about as long as each other. */
  kindOf(request: unknown): string;
  /** Whether the request asks the provider to announce the job's end by webhook. */
  announces(request: unknown): boolean;
  /** Where the JSON Schema of a request is served; null where there is none for this request. */
  schema(request: unknown): WireCall | null;
  /** What the vendor's pages prove of this request, as JSON Schema, for when the served one cannot be had. */
  bundledSchema(request: unknown): object | undefined;
  /** What of the request the schema, served or bundled, describes. */
  schemaSubject(schema: object, request: unknown): SchemaSubject;

  /** Problems that can be seen without asking anybody; empty when the request may be sent. */
  check(request: unknown): readonly ValidationIssue[];

  /** Reads a 2xx answer to submit. Throws RenderError BAD_RESPONSE when no job id can be read. */
  readSubmitted(response: HttpResponse): JobSnapshot;
  readJob(response: HttpResponse, jobId: string): JobSnapshot;
  readList(response: HttpResponse): JobPage;
  /** The JSON Schema inside a 2xx answer. Throws RenderError BAD_RESPONSE when there is none to be found. */
  readSchema(response: HttpResponse): object;
  /** Turns any non-2xx answer into the typed error it means. `nowMs` anchors Retry-After dates. */
  readError(response: HttpResponse, nowMs: number): RenderError;
}
