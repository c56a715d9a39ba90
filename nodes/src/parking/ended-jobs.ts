import type { JobSnapshot, RenderError } from '@renderq/core';

/** The end of a job as it was read from the provider. */
export type JobEnd = JobSnapshot | RenderError;

/** Ends of parked jobs, so that each is read once although every callback asks about all jobs of its execution. */
export interface EndedJobs {
  /** Undefined also for an end that was read too long ago: links of its output may have expired since. */
  get(jobId: string, now: number): JobEnd | undefined;
  add(jobId: string, end: JobEnd, now: number): void;
  /**
   * Takes on the waking of an execution. False while another callback is at it: two at once would run the rest of the
   * workflow twice, which n8n itself does not prevent on every version.
   */
  claim(jobIds: readonly string[], now: number): boolean;
}

const MOST_ENDS = 2_000;
/** A sixth of the time for which Rendobar signs a link. */
const FRESH_MS = 600_000;
/** n8n may fail to resume after it was told to: a repeat of the callback after this gets another chance. */
const CLAIM_MS = 30_000;

/**
 * Remembered by one process, and lost with it: then the jobs are read again. n8n serves the callbacks of waiting executions
 * in its main process, queue mode or not.
 */
export function createEndedJobs(capacity = MOST_ENDS): EndedJobs {
  const ends = new Map<string, { readonly end: JobEnd; readonly at: number }>();
  const claims = new Map<string, number>();
  return {
    get(jobId, now) {
      const known = ends.get(jobId);
      return known !== undefined && now - known.at < FRESH_MS ? known.end : undefined;
    },
    add: (jobId, end, now) => keep(ends, jobId, { end, at: now }, capacity),
    claim(jobIds, now) {
      const key = [...jobIds].sort().join('\n');
      const since = claims.get(key);
      if (since !== undefined && now - since < CLAIM_MS) return false;
      keep(claims, key, now, capacity);
      return true;
    },
  };
}

function keep<T>(map: Map<string, T>, key: string, value: T, capacity: number): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > capacity && oldest !== undefined) map.delete(oldest);
}
