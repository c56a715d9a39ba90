import type { JobSnapshot } from '../../contract/job.ts';

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

/** One look at a Rendobar job: what every provider tells, and what Rendobar tells besides. Times are Unix milliseconds. */
export interface RendobarJob extends JobSnapshot {
  /** The job type, for example `ffmpeg`. */
  readonly type?: string;
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
  readonly retentionExpiresAt?: number;
  readonly region?: string;
  readonly model?: string;
  readonly mediaType?: string;
  /** The job's page in the dashboard. */
  readonly webUrl?: string;
}
