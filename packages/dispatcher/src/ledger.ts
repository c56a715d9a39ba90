import type { Clock } from '@renderq/core';
import type { JobRecord } from './job-record.ts';
import { isFinished } from './job-state.ts';
import type { JobStore } from './job-store.ts';

type Listener = (record: JobRecord) => void;

/** The records of the jobs that are open here, in step with the store, and who wants to hear of changes. */
export interface Ledger {
  /** Jobs that have not ended. */
  readonly openCount: number;
  open(record: JobRecord): void;
  read(id: string): Promise<JobRecord | undefined>;
  /** Applies a transition to an open job. Does nothing when the job has ended. */
  change(id: string, transition: (record: JobRecord) => JobRecord): void;
  /** Applies a transition to a job that may have ended: to its open record, or else to the one given. */
  amend(record: JobRecord, transition: (record: JobRecord) => JobRecord): JobRecord;
  /** Calls `listener` after each change of this job, or of every job without an id. Returns how to stop it. */
  subscribe(id: string | undefined, listener: Listener): () => void;
}

export interface LedgerPorts {
  readonly store: JobStore;
  readonly clock: Clock;
  /** Hears of writes that the store could not make and of listeners that threw. */
  readonly onFault: (fault: unknown, jobId: string) => void;
}

/** Makes an empty ledger over a store. */
export function createLedger({ store, clock, onFault }: LedgerPorts): Ledger {
  const openJobs = new Map<string, JobRecord>();
  const listeners = new Map<string | undefined, Set<Listener>>();

  const tell = (record: JobRecord): void => {
    for (const listener of [...(listeners.get(record.id) ?? []), ...(listeners.get(undefined) ?? [])]) {
      try {
        listener(record);
      } catch (fault) {
        onFault(fault, record.id);
      }
    }
  };

  const write = (changed: JobRecord): JobRecord => {
    const record = { ...changed, updatedAt: clock.now() };
    if (isFinished(record.state)) openJobs.delete(record.id);
    else openJobs.set(record.id, record);
    store.put(record).catch((fault: unknown) => onFault(fault, record.id));
    tell(record);
    return record;
  };

  return {
    get openCount() {
      return openJobs.size;
    },
    open(record) {
      openJobs.set(record.id, record);
    },
    async read(id) {
      return openJobs.get(id) ?? (await store.get(id));
    },
    change(id, transition) {
      const record = openJobs.get(id);
      if (record) write(transition(record));
    },
    amend(record, transition) {
      return write(transition(openJobs.get(record.id) ?? record));
    },
    subscribe(id, listener) {
      const set = listeners.get(id) ?? new Set();
      listeners.set(id, set.add(listener));
      return () => {
        set.delete(listener);
        if (set.size === 0 && listeners.get(id) === set) listeners.delete(id);
      };
    },
  };
}
