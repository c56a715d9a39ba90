import type { ErrorRecord, JobSnapshot, QueueNotice } from '@renderq/core';
import type { JobState } from './job-state.ts';

/**
 * Everything the dispatcher knows of one job, as plain JSON so that any store can keep it.
 * Times are Unix milliseconds. Records are never changed in place: a change is a new record.
 */
export interface JobRecord {
  readonly id: string;
  readonly provider: string;
  readonly request: unknown;
  /** Digest of provider and canonical request: tells a repeat from another request under the same key. */
  readonly fingerprint: string;
  /** The caller's own key, unique per provider among the jobs that are kept. */
  readonly idempotencyKey?: string;
  /** The key that goes to the provider, the same for every attempt at this job. */
  readonly providerKey: string;
  readonly label?: string;
  /** Milliseconds to go on trying while the account is at one of its limits. */
  readonly maxQueueMs?: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly state: JobState;
  /** Why the job has not been sent yet; absent once the provider has it. */
  readonly queue?: QueueNotice;
  /** The last look at the provider's side; absent until the provider accepted the job. */
  readonly remote?: JobSnapshot;
  /** Set while a cancellation is under way. */
  readonly cancelRequested?: true;
  /** Why the job failed. */
  readonly error?: ErrorRecord;
  /** Set while the job cannot be looked at; its last known state stands. */
  readonly watch?: { readonly error: ErrorRecord; readonly delayed?: true };
}
