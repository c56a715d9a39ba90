import type { JobRecord } from './job-record.ts';
import type { JobState } from './job-state.ts';

export interface ListQuery {
  readonly state?: JobState;
  readonly provider?: string;
  /** At most this many records. */
  readonly limit: number;
  /** `nextCursor` of the page before. */
  readonly cursor?: string;
}

export interface RecordPage {
  /** Newest first. */
  readonly records: readonly JobRecord[];
  /** Present when there is more. */
  readonly nextCursor?: string;
}

/** Where jobs are kept. One dispatcher writes a job; any number may read it. */
export interface JobStore {
  /**
   * Keeps a new job, unless its idempotency key is already held for its provider: then nothing is written and
   * the holder comes back. The test and the write are one step.
   */
  insert(record: JobRecord): Promise<{ readonly record: JobRecord; readonly inserted: boolean }>;
  /** The job that holds this idempotency key. */
  findByKey(provider: string, idempotencyKey: string): Promise<JobRecord | undefined>;
  get(id: string): Promise<JobRecord | undefined>;
  /** Replaces the job of this id. Puts of one job take effect in the order of the calls. */
  put(record: JobRecord): Promise<void>;
  /** Throws RenderError INVALID_REQUEST (field `cursor`) for a cursor that it did not give out. */
  list(query: ListQuery): Promise<RecordPage>;
  close(): Promise<void>;
}
