import type { ErrorRecord, JobSnapshot, QueueNotice } from '@renderq/core';
import type { JobState } from './job-state.ts';

/** A submit of which nobody can tell whether the provider has it. */
export interface Doubt {
  /** Unix milliseconds just before it went on the wire. */
  readonly sentAt: number;
  /** The provider's ids of jobs that could be it, where there are any. */
  readonly candidates?: readonly string[];
  /** Whether its answer was lost, or the process that waited for the answer. */
  readonly lost: 'answer' | 'process';
}

/**
 * Everything the dispatcher knows of one job, as plain JSON so that any store can keep it.
 * Times are Unix milliseconds. Records are never changed in place: a change is a new record.
 */
export interface JobRecord {
  readonly id: string;
  /** Whose job it is. Nobody else sees it. */
  readonly principal: string;
  readonly provider: string;
  /** The name of the account that renders it. */
  readonly account: string;
  /** The process that rendered it has ended: nothing more can be known of it, and its files are lost. */
  readonly isGone?: true;
  /** Kept apart by stores, which may leave it out of what is only shown and drop it long after the job's end. */
  readonly request?: unknown;
  /** The account dies with the process that runs it: nothing of the job has gone to the provider itself. */
  readonly isEphemeral?: true;
  /** Digest of provider and canonical request: tells a repeat from another request under the same key. */
  readonly fingerprint: string;
  /** The caller's own key, unique per principal and account among the jobs that are kept. */
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
  /** When an attempt last went on the wire; absent while it is certain that the provider has nothing of this job. */
  readonly sentAt?: number;
  /** When the provider was first known to have the job. */
  readonly acceptedAt?: number;
  /** The last look at the provider's side; absent until the provider accepted the job. */
  readonly remote?: JobSnapshot;
  /** Set while a cancellation is under way. */
  readonly cancelRequested?: true;
  /** Why the last cancellation could not be carried out. */
  readonly cancelError?: ErrorRecord;
  /** Why the job failed. */
  readonly error?: ErrorRecord;
  /** Set where nobody can tell what became of the submit: what is known. */
  readonly doubt?: Doubt;
  /** Set while the job cannot be looked at; its last known state stands. */
  readonly watch?: { readonly error: ErrorRecord; readonly delayed?: true };
}
