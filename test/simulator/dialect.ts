import type { SimulatedJob } from './job-floor.ts';
import type { RandomStream } from './random.ts';
import type { RequestKind, WireAnswer, WireRequest } from './wire.ts';

export type RefusalReason =
  | 'rate'
  | 'slots'
  | 'backlog'
  | 'absent'
  | 'unknown-route'
  | 'invalid'
  | 'fault'
  | 'key-pending'
  | 'key-spent'
  | 'ended';

export interface Submission {
  readonly idempotencyKey: string | undefined;
  readonly webhookUrl: string | undefined;
}

export interface ListPage {
  readonly jobs: readonly SimulatedJob[];
  readonly total: number;
  readonly limit: number;
  readonly offset: number;
}

/** What tells one vendor's wire from the other's. `serverTime` turns a time of the run into the server's own. */
export interface Dialect {
  readonly newId: (ids: RandomStream) => string;
  kindOf(request: WireRequest): RequestKind;
  /** The id in the path of a look or a cancellation. */
  jobIdOf(request: WireRequest): string;
  /** Undefined where the body is no request for a render. */
  readSubmission(body: unknown): Submission | undefined;
  accepted(job: SimulatedJob, isReplay: boolean): WireAnswer;
  shown(job: SimulatedJob, serverTime: (ms: number) => number): WireAnswer;
  listed(page: ListPage, serverTime: (ms: number) => number): WireAnswer;
  schema(): WireAnswer;
  account(): WireAnswer;
  refused(reason: RefusalReason, job?: SimulatedJob): WireAnswer;
  /** The POST that tells of the job's end. */
  notice(job: SimulatedJob, serverTime: (ms: number) => number, deliveryId: string): Omit<WireAnswer, 'status'>;
  /** Sizes of a page of the job list: the vendor's own default and the most that may be asked for. */
  readonly pageSizes: { readonly usual: number; readonly most: number };
}

export function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
