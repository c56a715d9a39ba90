import type { Clock, ErrorRecord, JobSnapshot, RenderClient } from '@renderq/core';
import { faultRecord } from './fault-record.ts';
import type { JobRecord } from './job-record.ts';
import { isFinished } from './job-state.ts';
import type { Ledger } from './ledger.ts';
import { toDelayed, toFailed, toLooked, toUnwatched } from './transitions.ts';

/** One wait of the client. Longer than any poll interval, short enough that a lost wake-up heals by itself. */
const WATCH_SLICE_MS = 600_000;
/** How long a look that somebody asked for stands in line for the rate limit. */
const LOOK_QUEUE_MS = 10_000;
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 60_000;

export interface WatcherPorts {
  readonly ledger: Ledger;
  /** The client of the job's account. */
  readonly clients: (record: JobRecord) => Promise<RenderClient>;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly onFault: (fault: unknown, jobId: string) => void;
}

/** Follows jobs that a provider has to their end. */
export interface JobWatcher {
  /** Starts to follow a submitted job, unless it is followed already. */
  watch(record: JobRecord): void;
  /** One look now; on success the following goes on. Looks at one job at the same time are one look. */
  look(record: JobRecord): Promise<JobRecord>;
  /** Stops following a job that is known to have ended. */
  unwatch(jobId: string): void;
  close(): void;
}

/** Full jitter between half of the doubling pause and the whole, never below the provider's own word. */
function pauseMs(failures: number, error: ErrorRecord, random: () => number): number {
  const ceiling = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1));
  return Math.max(error.retryAfterMs ?? 0, ceiling * (0.5 + random() / 2));
}

/** Makes a watcher that follows nothing yet. */
export function createJobWatcher({ ledger, clients, clock, random, onFault }: WatcherPorts): JobWatcher {
  const following = new Map<string, AbortController>();
  const looking = new Map<string, Promise<JobRecord>>();
  let closed = false;

  const note = (jobId: string, fault: unknown): ErrorRecord => {
    const error = faultRecord(fault);
    if (error.code === 'INTERNAL') onFault(fault, jobId);
    return error;
  };

  /** A fault of the render is the job's end; any other leaves the job as it was last seen. */
  const afterFault = (record: JobRecord, error: ErrorRecord): JobRecord =>
    error.category === 'render' && !isFinished(record.state) ? toFailed(record, error) : toUnwatched(record, error);

  async function follow(job: JobRecord, remoteId: string, signal: AbortSignal): Promise<void> {
    const { id } = job;
    let failures = 0;
    const apply = (snapshot: JobSnapshot): void => {
      failures = 0;
      if (!signal.aborted) ledger.change(id, (record) => toLooked(record, snapshot));
    };
    const onTrouble = (error: ErrorRecord): void => {
      if (!signal.aborted) ledger.change(id, (record) => toDelayed(record, error));
    };
    while (!signal.aborted) {
      try {
        const client = await clients(job);
        const last = await client.wait(remoteId, {
          timeoutMs: WATCH_SLICE_MS,
          signal,
          onChange: apply,
          onTrouble,
        });
        apply(last);
        return;
      } catch (fault) {
        if (signal.aborted) return;
        const error = note(id, fault);
        if (error.code === 'WAIT_TIMEOUT') continue;
        ledger.change(id, (record) => afterFault(record, error));
        if (!error.retryable || error.category === 'render') return;
        failures += 1;
        await clock.sleep(pauseMs(failures, error, random), signal).catch(() => undefined);
      }
    }
  }

  const watch = (record: JobRecord): void => {
    const { id, remote } = record;
    if (closed || !remote || isFinished(record.state) || following.has(id)) return;
    const controller = new AbortController();
    following.set(id, controller);
    follow(record, remote.id, controller.signal)
      .catch((fault: unknown) => onFault(fault, id))
      .finally(() => following.get(id) === controller && following.delete(id));
  };

  async function lookOnce(record: JobRecord, remoteId: string): Promise<JobRecord> {
    let change: (current: JobRecord) => JobRecord;
    try {
      const client = await clients(record);
      const snapshot = await client.get(remoteId, { maxQueueMs: LOOK_QUEUE_MS });
      change = (current) => toLooked(current, snapshot);
    } catch (fault) {
      const error = note(record.id, fault);
      change = (current) => afterFault(current, error);
    }
    const current = ledger.read(record.id) ?? record;
    return closed ? current : ledger.amend(current, change);
  }

  return {
    watch,
    look(record) {
      const { id, remote } = record;
      if (closed || !remote) return Promise.resolve(record);
      const begun = looking.get(id);
      if (begun) return begun;
      const look = lookOnce(record, remote.id)
        .then((seen) => {
          if (!seen.watch && ledger.isHeld(id)) watch(seen);
          return seen;
        })
        .finally(() => looking.delete(id));
      looking.set(id, look);
      return look;
    },
    unwatch(jobId) {
      following.get(jobId)?.abort();
      following.delete(jobId);
    },
    close() {
      closed = true;
      for (const controller of following.values()) controller.abort();
    },
  };
}
