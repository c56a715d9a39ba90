import { type RenderClient, RenderError } from '@renderq/core';
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
  readonly clients: (provider: string) => Promise<RenderClient>;
}

/** Cancels jobs, wherever they are. */
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

/** Makes a canceller over the parts that hold jobs. */
export function createJobCanceller({ ledger, submitter, watcher, clients }: CancellerPorts): JobCanceller {
  const underWay = new Map<string, Promise<JobRecord>>();

  async function carryOut(begun: JobRecord): Promise<JobRecord> {
    await submitter.recall(begun.id);
    const record = (await ledger.read(begun.id)) ?? begun;
    if (record.state === 'cancelled') return record;
    if (isFinished(record.state) || !record.remote) throw ended(record);
    const client = await clients(record.provider);
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
      ledger.change(id, (current) => toCancelling(current, true));
      const work = carryOut(record)
        .catch((fault: unknown) => {
          ledger.change(id, (current) => toCancelling(current, false));
          throw RenderError.isInstance(fault) ? fault.with({ jobId: id }) : fault;
        })
        .finally(() => underWay.delete(id));
      underWay.set(id, work);
      return work;
    },
  };
}
