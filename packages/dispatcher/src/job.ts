import { type ErrorRecord, type JobCost, type JobOutput, type QueueNotice, RenderError } from '@renderq/core';
import type { Doubt, JobRecord } from './job-record.ts';
import type { JobState } from './job-state.ts';

/** A job as outsiders see it. Times are ISO 8601 in UTC. */
export interface Job {
  readonly id: string;
  readonly provider: string;
  readonly state: JobState;
  /** Of an account that dies with its process: nothing of the job has gone to the provider itself. */
  readonly isEphemeral?: true;
  readonly label?: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** The provider's own id, once it accepted the job. */
  readonly providerJobId?: string;
  /** The provider's own word for the state, verbatim. */
  readonly providerState?: string;
  /** Share done, 0 to 1, where the provider tells it. */
  readonly progress?: number;
  /** Why a job that the provider does not have yet is waiting. */
  readonly queue?: {
    readonly reason: QueueNotice['reason'];
    readonly attempts: number;
    readonly nextAttemptAt?: string;
    /** The refusal that is being waited out. */
    readonly error?: ErrorRecord;
  };
  /** What the provider wants known of a job that goes well otherwise. */
  readonly warnings?: readonly string[];
  readonly output?: Omit<JobOutput, 'expiresAt'> & { readonly expiresAt?: string };
  /** Why the job failed. */
  readonly error?: ErrorRecord;
  readonly cost?: JobCost;
  readonly estimatedCredits?: number;
  readonly creditsRemaining?: number;
  /**
   * Set where nobody can tell what became of the submit (SUBMIT_OUTCOME_UNKNOWN, or a fault of the provider after which its
   * list could not tell): when the submit went out, and the provider's jobs that could be it, where
   * there are any. A person who has looked says which with `settle`.
   */
  readonly doubt?: { readonly sentAt: string; readonly candidates?: readonly string[] };
  /** True while a cancellation is under way: it takes effect as soon as the provider can be told. */
  readonly cancelRequested?: true;
  /** True in the answer to a submit that met a job already made: by its idempotency key here, or by the provider. */
  readonly deduplicated?: true;
  /**
   * Set while the job cannot be looked at; everything else is its last known state. `delayed`: only for now, the next
   * look comes by itself.
   */
  readonly watch?: { readonly error: ErrorRecord; readonly delayed?: true };
}

const iso = (unixMs: number): string => new Date(unixMs).toISOString();

/** A provider's own time may lie outside what a date can hold; it is then left out rather than breaking the answer. */
const foreignIso = (unixMs: number | undefined): string | undefined =>
  unixMs === undefined || Number.isNaN(new Date(unixMs).getTime()) ? undefined : iso(unixMs);

/** An error names the job by the id that the reader can pass back to us. */
const ofJob = (error: ErrorRecord, jobId: string): ErrorRecord => ({ ...error, jobId });

function viewQueue(queue: QueueNotice, jobId: string): NonNullable<Job['queue']> {
  const nextAttemptAt = foreignIso(queue.nextAttemptAt);
  return {
    reason: queue.reason,
    attempts: queue.attempts,
    ...(nextAttemptAt === undefined ? {} : { nextAttemptAt }),
    ...(queue.error && { error: ofJob(queue.error, jobId) }),
  };
}

function viewOutput(output: JobOutput): NonNullable<Job['output']> {
  const { expiresAt: expiresAtMs, ...rest } = output;
  const expiresAt = foreignIso(expiresAtMs);
  return { ...rest, ...(expiresAt === undefined ? {} : { expiresAt }) };
}

function viewDoubt({ sentAt, candidates }: Doubt): NonNullable<Job['doubt']> {
  return { sentAt: iso(sentAt), ...(candidates && { candidates }) };
}

const outputGone = (provider: string): ErrorRecord =>
  new RenderError({
    code: 'OUTPUT_EXPIRED',
    message: 'The local process that rendered this job has ended, and its files with it.',
    provider,
    remedy: 'Submit the same request again to have it rendered anew.',
  }).record;

/** The outward view of a record. `deduplicated` marks an answer, not the job, so it is not kept. */
export function viewJob(record: JobRecord, answer: { readonly deduplicated?: boolean } = {}): Job {
  const { remote } = record;
  const watch = record.isGone && record.state === 'succeeded' ? { error: outputGone(record.provider) } : record.watch;
  return {
    id: record.id,
    provider: record.provider,
    state: record.state,
    ...(record.isEphemeral && { isEphemeral: true }),
    ...(record.label === undefined ? {} : { label: record.label }),
    createdAt: iso(record.createdAt),
    updatedAt: iso(record.updatedAt),
    ...(remote && { providerJobId: remote.id, providerState: remote.providerState }),
    ...(remote?.progress === undefined ? {} : { progress: remote.progress }),
    ...(record.queue && { queue: viewQueue(record.queue, record.id) }),
    ...(remote?.warnings && { warnings: remote.warnings }),
    ...(remote?.output && !record.isGone && { output: viewOutput(remote.output) }),
    ...(record.error && { error: ofJob(record.error, record.id) }),
    ...(record.doubt && { doubt: viewDoubt(record.doubt) }),
    ...(remote?.cost && { cost: remote.cost }),
    ...(remote?.estimatedCredits === undefined ? {} : { estimatedCredits: remote.estimatedCredits }),
    ...(remote?.creditsRemaining === undefined ? {} : { creditsRemaining: remote.creditsRemaining }),
    ...(record.cancelRequested && { cancelRequested: true }),
    ...(answer.deduplicated || remote?.replayed ? { deduplicated: true } : {}),
    ...(watch && { watch: { ...watch, error: ofJob(watch.error, record.id) } }),
  };
}
