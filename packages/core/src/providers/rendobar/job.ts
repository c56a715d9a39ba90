import type { JobSnapshot } from '../../contract/job.ts';
import type { RendobarJobData, RendobarOutput } from './job-data.ts';

/** One step of a job's work (Rendobar job page). */
export interface RendobarStep {
  readonly id?: string;
  readonly name?: string;
  /** `pending`, `running`, `complete`, or a word that is newer than this list. */
  readonly status?: string;
}

/** The copy of one output into a bucket of the organization (Rendobar storage page). */
export interface RendobarDelivery {
  readonly storageId?: string;
  /** `pending`, `delivered`, `failed`, or a word that is newer than this list. */
  readonly status?: string;
  readonly path?: string;
  readonly url?: string;
  /** Why it failed, for example `destination_denied` or `bucket_not_found`. */
  readonly reason?: string;
  readonly renamed?: boolean;
}

/** The part of the work in which a job failed (Rendobar job page). */
export type RendobarFailedPhase = 'preparing' | 'processing' | 'finalizing' | (string & {});

/**
 * One look at a Rendobar job: what every provider tells, and what Rendobar tells besides. Times are Unix milliseconds.
 * `Type` is the job type where it is known, from the call that made the job or from {@link isRendobarJob}: it types
 * `output.data`.
 */
export interface RendobarJob<Type extends string = string> extends JobSnapshot {
  readonly output?: RendobarOutput<Type>;
  /** The job type, for example `ffmpeg`. */
  readonly type?: Type;
  /** Where the work failed; beside `error`, which says why. */
  readonly failedPhase?: RendobarFailedPhase;
  /** What the job was told to read, by name. May hold signed URLs. */
  readonly inputs?: Readonly<Record<string, unknown>>;
  /** What the job was told to do. May hold signed URLs. */
  readonly params?: Readonly<Record<string, unknown>>;
  /** When the job is expected to end. The API names this field and does not say in what unit, so it is given as sent. */
  readonly eta?: unknown;
  /** What the runner is doing before the work begins; its words are not documented. */
  readonly bootState?: string;
  readonly orgId?: string;
  /** How it was submitted: `api`, `sdk`, `cli`, `dashboard` and others. */
  readonly source?: string;
  /** The client that submitted it, by its own name. */
  readonly client?: string;
  readonly idempotencyKey?: string;
  readonly dispatchedAt?: number;
  readonly settledAt?: number;
  /** Milliseconds that the job may run. */
  readonly timeoutMs?: number;
  readonly retryCount?: number;
  readonly steps?: readonly RendobarStep[];
  /** The state of the job's own callback: `pending`, `delivered`, `failed`. */
  readonly callbackStatus?: string;
  /** Present on a look at one job with destinations; lists leave it out. */
  readonly deliveries?: readonly RendobarDelivery[];
  readonly logsAvailable?: boolean;
  /** Whether figures of the run can be had; by which call is not documented. */
  readonly metricsAvailable?: boolean;
  /** Whether the use of processor and memory can be had; by which call is not documented. */
  readonly resourcesAvailable?: boolean;
  readonly retentionExpiresAt?: number;
  readonly region?: string;
  readonly model?: string;
  readonly mediaType?: string;
  /** The kind of output that the job type makes, for example `video`. */
  readonly outputCategory?: string;
  /** The job's page in the dashboard. */
  readonly webUrl?: string;
}

/**
 * Whether a job is one of Rendobar's of this type, as its own answer says. Narrows `output.data`.
 *
 * @example
 * if (isRendobarJob(job, 'ffprobe')) console.log(job.output?.data?.summary?.durationSec);
 */
export function isRendobarJob<const Type extends keyof RendobarJobData | (string & {})>(
  job: JobSnapshot | undefined,
  type: Type,
): job is RendobarJob<Type> {
  return job?.provider === 'rendobar' && 'type' in job && job.type === type;
}
