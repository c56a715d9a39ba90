import { type ErrorRecord, type JobSnapshot, type QueueNotice, RenderError, TERMINAL_STATES } from '@renderq/core';
import type { Doubt, JobRecord } from './job-record.ts';
import { isFinished } from './job-state.ts';

/** How a job changes: each function makes the next record and leaves the one it was given alone. */

/** What only an open job has, or one whose outcome is unknown. */
type Passing =
  | 'queue'
  | 'watch'
  | 'cancelRequested'
  | 'cancelError'
  | 'sentAt'
  | 'remote'
  | 'acceptedAt'
  | 'error'
  | 'doubt';

function without(record: JobRecord, ...keys: readonly Passing[]): JobRecord {
  const rest: { -readonly [K in keyof JobRecord]: JobRecord[K] } = { ...record };
  for (const key of keys) delete rest[key];
  return rest;
}

/**
 * The account is at a limit, or an attempt failed: the job waits for its next attempt. `mayHaveRun`: an attempt was lost, and
 * only the provider's key makes a repeat safe.
 */
export const toWaiting = (record: JobRecord, queue: QueueNotice, mayHaveRun: boolean): JobRecord => ({
  ...(mayHaveRun ? record : without(record, 'sentAt')),
  state: 'queued',
  queue,
});

/** The request is about to go on the wire. */
export const toSubmitting = (record: JobRecord, now: number): JobRecord => ({
  ...without(record, 'queue'),
  state: 'submitting',
  sentAt: now,
});

/** To be sent, as if it had never been: it is certain that the provider has nothing of it, or its key makes a repeat safe. */
export const toQueued = (record: JobRecord): JobRecord => ({
  ...without(record, 'queue', 'watch', 'sentAt', 'remote', 'acceptedAt', 'error', 'doubt'),
  state: 'queued',
});

const noReason = (record: JobRecord): ErrorRecord =>
  new RenderError({
    code: 'RENDER_FAILED',
    message: 'The provider gave no reason for the failure.',
    provider: record.provider,
  }).record;

/** What the provider said only when it accepted the job, and a later look must not lose. */
const acceptance = ({ estimatedCredits, creditsRemaining, replayed }: Partial<JobSnapshot>): Partial<JobSnapshot> => ({
  ...(estimatedCredits === undefined ? {} : { estimatedCredits }),
  ...(creditsRemaining === undefined ? {} : { creditsRemaining }),
  ...(replayed === undefined ? {} : { replayed }),
});

/** A look at the provider's side. An end is final: a later look renews links, it does not reopen the job. */
export function toLooked(record: JobRecord, snapshot: JobSnapshot): JobRecord {
  const remote: JobSnapshot = { ...acceptance(record.remote ?? {}), ...snapshot };
  const next = without(record, 'queue', 'watch');
  if (isFinished(record.state)) {
    if (snapshot.state === record.state) return { ...next, remote };
    // For example OUTPUT_EXPIRED: the result was there, and is no more.
    return snapshot.error ? { ...next, watch: { error: snapshot.error } } : next;
  }
  return {
    ...(TERMINAL_STATES.has(snapshot.state) ? without(next, 'cancelRequested') : next),
    state: snapshot.state,
    remote,
    ...(snapshot.state === 'failed' ? { error: snapshot.error ?? noReason(record) } : {}),
  };
}

export const toFailed = (record: JobRecord, error: ErrorRecord): JobRecord => ({
  ...without(record, 'queue', 'watch', 'cancelRequested', 'doubt'),
  state: 'failed',
  error,
});

/** Nobody can tell whether the provider has it. */
export const toInDoubt = (record: JobRecord, error: ErrorRecord, doubt: Doubt): JobRecord => ({
  ...toFailed(record, error),
  doubt,
});

/** The provider's job is this one: what {@link toLooked} does for a job whose submit was answered. */
export const toAccepted = (record: JobRecord, snapshot: JobSnapshot, now: number): JobRecord => {
  const open: JobRecord = isFinished(record.state)
    ? { ...without(record, 'error', 'doubt'), state: 'submitting' }
    : record;
  return { ...toLooked(open, snapshot), acceptedAt: now };
};

/**
 * A job as the answer to its submit, or a list, tells of it. Where that tells the end but not what came of it, as Rendobar's
 * replay of a known idempotency key does, the job still has to be looked at: until then it counts as running.
 */
export const toLookAt = (snapshot: JobSnapshot): JobSnapshot => {
  const { state, output, error } = snapshot;
  const isUntold = (state === 'succeeded' && output === undefined) || (state === 'failed' && error === undefined);
  return isUntold ? { ...snapshot, state: 'running' } : snapshot;
};

/** Cancelled before the provider had it. */
export const toCancelled = (record: JobRecord): JobRecord => ({
  ...without(record, 'queue', 'cancelRequested'),
  state: 'cancelled',
});

/** A cancellation is under way, or it could not be carried out. */
export const toCancelling = (record: JobRecord, failure?: ErrorRecord): JobRecord => {
  const rest = without(record, 'cancelRequested', 'cancelError');
  return failure ? { ...rest, cancelError: failure } : { ...rest, cancelRequested: true };
};

/** The job cannot be looked at; what was known of it stands. */
export const toUnwatched = (record: JobRecord, error: ErrorRecord): JobRecord => ({ ...record, watch: { error } });

/** A look is held up, for example by the rate limit: the next one comes by itself. A graver reason that stands is kept. */
export const toDelayed = (record: JobRecord, error: ErrorRecord): JobRecord =>
  isFinished(record.state) || (record.watch && !record.watch.delayed)
    ? record
    : { ...record, watch: { error, delayed: true } };
