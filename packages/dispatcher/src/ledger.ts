import type { Clock } from '@renderq/core';
import type { JobRecord } from './job-record.ts';
import { isFinished } from './job-state.ts';
import type { JobStore } from './job-store.ts';

type Listener = (record: JobRecord) => void;

/** How long a write that the store could not make waits for its repeat. */
const REPEAT_MS = 1_000;

/** The jobs that this process holds, in step with the store, and who wants to hear of changes. */
export interface Ledger {
  /** The job is held here from now on. */
  open(record: JobRecord): void;
  isHeld(id: string): boolean;
  read(id: string): JobRecord | undefined;
  /**
   * Applies a transition to a job that is held here, on disk before this returns. Throws {@link JobLost} where the job is
   * held by another process, RenderError STORE_UNAVAILABLE where it cannot be written; nothing has changed then.
   */
  mark(id: string, transition: (record: JobRecord) => JobRecord): void;
  /** Applies a transition to a job that is held here; does nothing where it is not. A write that fails is repeated. */
  change(id: string, transition: (record: JobRecord) => JobRecord): void;
  /** Applies a transition to a job that may have ended or be somebody else's, whose record is then left as it is. */
  amend(record: JobRecord, transition: (record: JobRecord) => JobRecord): JobRecord;
  /** The job is held here no longer. */
  drop(id: string): void;
  held(account: string): readonly JobRecord[];
  /** Tells of a job that another process has changed. */
  tell(record: JobRecord): void;
  /** Calls `listener` after each change of this job, or of every job without an id. Returns how to stop it. */
  subscribe(id: string | undefined, listener: Listener): () => void;
  /** Makes one more attempt at every write that is owed. */
  close(): void;
}

export interface LedgerPorts {
  readonly store: JobStore;
  readonly clock: Clock;
  /** A pause that ends with the signal. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Another process has taken this job. */
  readonly onLost: (id: string) => void;
  /** Hears of writes that the store could not make and of listeners that threw. */
  readonly onFault: (fault: unknown, jobId: string) => void;
}

/** The job is held by another process: nothing may be done with it here. */
export class JobLost extends Error {
  override readonly name = 'JobLost';
}

/** Makes an empty ledger over a store. */
export function createLedger({ store, clock, pause, onLost, onFault }: LedgerPorts): Ledger {
  const held = new Map<string, JobRecord>();
  /** What the store does not know yet. */
  const owed = new Map<string, JobRecord>();
  const listeners = new Map<string | undefined, Set<Listener>>();
  const closing = new AbortController();
  let isRepeating = false;

  const tell = (record: JobRecord): void => {
    for (const listener of [...(listeners.get(record.id) ?? []), ...(listeners.get(undefined) ?? [])]) {
      try {
        listener(record);
      } catch (fault) {
        onFault(fault, record.id);
      }
    }
  };

  function stored(id: string): JobRecord | undefined {
    try {
      return store.get(id);
    } catch (fault) {
      onFault(fault, id);
      return undefined;
    }
  }

  function drop(id: string): void {
    owed.delete(id);
    const before = held.get(id);
    if (!before) return;
    held.delete(id);
    onLost(id);
    tell(stored(id) ?? before);
  }

  /** False where the job is another's. */
  function put(record: JobRecord, isDurable: boolean): boolean {
    const isKept = store.put(record, isDurable);
    owed.delete(record.id);
    return isKept;
  }

  function payOwed(): void {
    for (const record of [...owed.values()]) {
      try {
        if (!put(record, true)) drop(record.id);
      } catch (fault) {
        onFault(fault, record.id);
        return;
      }
    }
  }

  async function repeat(): Promise<void> {
    if (isRepeating) return;
    isRepeating = true;
    while (owed.size > 0 && !closing.signal.aborted) {
      await pause(REPEAT_MS, closing.signal);
      if (!closing.signal.aborted) payOwed();
    }
    isRepeating = false;
  }

  const stamped = (record: JobRecord): JobRecord => ({ ...record, updatedAt: clock.now() });

  function keep(record: JobRecord): void {
    if (isFinished(record.state)) held.delete(record.id);
    else held.set(record.id, record);
    tell(record);
  }

  /** What is known here is true even while the store cannot keep it. */
  function write(before: JobRecord, changed: JobRecord): void {
    const record = stamped(changed);
    try {
      if (!put(record, record.state !== before.state)) {
        drop(record.id);
        return;
      }
    } catch (fault) {
      owed.set(record.id, record);
      onFault(fault, record.id);
      void repeat();
    }
    keep(record);
  }

  const heldOrOwed = (id: string): JobRecord | undefined => held.get(id) ?? owed.get(id);

  return {
    open(record) {
      held.set(record.id, record);
    },
    isHeld: (id) => held.has(id),
    read: (id) => heldOrOwed(id) ?? store.get(id),
    mark(id, transition) {
      const before = held.get(id);
      const record = before && stamped(transition(before));
      if (!record || !put(record, true)) {
        drop(id);
        throw new JobLost(`Job ${id} is worked by another process.`);
      }
      keep(record);
    },
    change(id, transition) {
      const before = held.get(id);
      if (!before) return;
      const next = transition(before);
      if (next !== before) write(before, next);
    },
    amend(record, transition) {
      const before = heldOrOwed(record.id) ?? record;
      const next = transition(before);
      if (next === before) return before;
      if (held.has(record.id)) {
        write(before, next);
        return heldOrOwed(record.id) ?? next;
      }
      // A look at somebody else's job, or one that has ended: the answer is true whether it can be kept or not.
      const seen = stamped(next);
      try {
        if (store.put(seen, false)) tell(seen);
      } catch (fault) {
        onFault(fault, record.id);
      }
      return seen;
    },
    drop,
    held: (account) => [...held.values()].filter((record) => record.account === account),
    tell,
    subscribe(id, listener) {
      const set = listeners.get(id) ?? new Set();
      listeners.set(id, set.add(listener));
      return () => {
        set.delete(listener);
        if (set.size === 0 && listeners.get(id) === set) listeners.delete(id);
      };
    },
    close() {
      closing.abort();
      payOwed();
    },
  };
}
