import { type RenderClient, RenderError } from '@renderq/core';
import { faultRecord } from './fault-record.ts';
import type { JobRecord } from './job-record.ts';
import { isFinished } from './job-state.ts';
import type { JobSubmitter } from './job-submitter.ts';
import type { JobWatcher } from './job-watcher.ts';
import type { Ledger } from './ledger.ts';
import { toCancelling, toLooked } from './transitions.ts';

export interface CancellerPorts {
  readonly ledger: Ledger;
  readonly submitter: JobSubmitter;
  readonly watcher: JobWatcher;
  /** Ends the waits of cancellations under way. */
  readonly closing: AbortSignal;
  readonly clients: (record: JobRecord) => Promise<RenderClient>;
}

/** Cancels jobs that are held here, wherever they are. */
export interface JobCanceller {
  /** Resolves when the job is cancelled. Asked twice at the same time, it does the work once. */
  cancel(record: JobRecord): Promise<JobRecord>;
}

const ended = ({ id, state }: JobRecord): RenderError =>
  new RenderError({
    code: 'CONFLICT',
    message: `The job cannot be cancelled: it has ${state} already.`,
    field: 'jobId',
    jobId: id,
    remedy: 'Look at the job for its result: there is nothing left to cancel.',
  });

const undecided = ({ id }: JobRecord): RenderError =>
  new RenderError({
    code: 'CANCELLED',
    message: 'The cancellation was given up here: the job is worked by another process now, or this one is closing.',
    jobId: id,
    remedy: 'Look at the job, and cancel it again if it is still wanted no more.',
  });

/** Makes a canceller over the parts that hold jobs. */
export function createJobCanceller({ ledger, submitter, watcher, closing, clients }: CancellerPorts): JobCanceller {
  const underWay = new Map<string, Promise<JobRecord>>();

  const nextChange = (id: string): Promise<void> =>
    new Promise((done) => {
      const stop = ledger.subscribe(id, () => end());
      const end = (): void => {
        stop();
        closing.removeEventListener('abort', end);
        done();
      };
      if (closing.aborted) end();
      else closing.addEventListener('abort', end, { once: true });
    });

  /** What is on the wire, or was when its process ended, is first found out about: its job might run unseen. */
  async function offTheWire(begun: JobRecord): Promise<JobRecord> {
    const { id } = begun;
    for (;;) {
      await submitter.recall(id);
      const record = ledger.read(id) ?? begun;
      if (isFinished(record.state) || record.remote || closing.aborted || !ledger.isHeld(id)) return record;
      await nextChange(id);
    }
  }

  async function carryOut(begun: JobRecord): Promise<JobRecord> {
    const record = await offTheWire(begun);
    if (record.state === 'cancelled') return record;
    if (isFinished(record.state)) throw ended(record);
    if (!record.remote) throw undecided(record);
    const client = await clients(record);
    const snapshot = await client.cancel(record.remote.id);
    const next = ledger.amend(record, (current) => toLooked(current, snapshot));
    if (isFinished(next.state)) watcher.unwatch(next.id);
    return next;
  }

  return {
    cancel(record) {
      const { id, state } = record;
      if (state === 'cancelled') return Promise.resolve(record);
      if (isFinished(state)) return Promise.reject(ended(record));
      const begun = underWay.get(id);
      if (begun) return begun;
      ledger.change(id, (current) => toCancelling(current));
      const work = carryOut(record)
        .catch((fault: unknown) => {
          ledger.change(id, (current) => toCancelling(current, faultRecord(fault)));
          throw RenderError.isInstance(fault) ? fault.with({ jobId: id }) : fault;
        })
        .finally(() => underWay.delete(id));
      underWay.set(id, work);
      return work;
    },
  };
}
