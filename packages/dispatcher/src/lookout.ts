import { type Clock, type ErrorRecord, type RenderClient, RenderError } from '@renderq/core';
import type { Caretaker } from './caretaker.ts';
import { resultBy, sleepUntil } from './deadline.ts';
import type { SettleInput, WaitForOptions } from './dispatcher-contract.ts';
import { viewJob } from './job.ts';
import type { JobCanceller } from './job-canceller.ts';
import type { JobRecord } from './job-record.ts';
import type { JobSettler } from './job-settler.ts';
import { isFinished } from './job-state.ts';
import type { JobStore, Request } from './job-store.ts';
import type { JobWatcher } from './job-watcher.ts';
import type { Ledger } from './ledger.ts';
import { isInDoubt } from './repeat-guard.ts';
import { toAccepted, toCancelled, toQueued } from './transitions.ts';

/** How long `get` waits for a look of its own: a caller who wants to wait longer says so with `waitFor`. */
const LOOK_PATIENCE_MS = 5_000;

export interface LookoutPorts {
  readonly store: JobStore;
  readonly ledger: Ledger;
  readonly watcher: JobWatcher;
  readonly settler: JobSettler;
  readonly canceller: JobCanceller;
  readonly caretaker: Caretaker;
  readonly clock: Clock;
  readonly closing: AbortSignal;
  readonly onFault: (fault: unknown, jobId: string) => void;
}

/** What callers ask about jobs that may be worked in this process, in another, or nowhere any more. */
export interface Lookout {
  get(record: JobRecord): Promise<JobRecord>;
  waitFor(record: JobRecord, options: Omit<WaitForOptions, 'principal'>): Promise<JobRecord>;
  cancel(record: JobRecord): Promise<JobRecord>;
  settle(
    record: JobRecord,
    found: SettleInput,
    clientOf: (record: JobRecord) => Promise<RenderClient>,
  ): Promise<JobRecord>;
}

const conflict = (record: JobRecord, message: string, remedy: string, field: string): RenderError =>
  new RenderError({ code: 'CONFLICT', message, field, jobId: record.id, remedy });

const notInDoubt = (record: JobRecord): RenderError =>
  conflict(
    record,
    `The outcome of this job's submit is not in doubt: it is ${record.state}.`,
    'Look at the job: only one that failed and says under `doubt` when it was sent can be settled.',
    'jobId',
  );

/** Makes the lookout of a dispatcher. */
export function createLookout(ports: LookoutPorts): Lookout {
  const { store, ledger, watcher, settler, canceller, caretaker, clock, closing, onFault } = ports;

  const linksExpired = ({ state, remote }: JobRecord): boolean =>
    state === 'succeeded' && (remote?.output?.expiresAt ?? Number.POSITIVE_INFINITY) <= clock.now();

  const isUnwatched = ({ watch }: JobRecord): boolean => watch !== undefined && !watch.delayed;

  /** What it takes to know more of a job than its record tells; undefined where the record tells all. */
  function remedyOf(record: JobRecord): Request | undefined {
    if (record.isGone) return undefined;
    if (isInDoubt(record)) return 'settle';
    return isUnwatched(record) || linksExpired(record) ? 'look' : undefined;
  }

  /** The job after its next change that is told here, and that is enough. */
  function nextChange(id: string, isEnough: (record: JobRecord) => boolean, given: AbortSignal): Promise<JobRecord> {
    const signal = AbortSignal.any([closing, given]);
    const leave = caretaker.attend();
    return new Promise<JobRecord>((resolve, reject) => {
      const end = (): void => {
        stop();
        leave();
        signal.removeEventListener('abort', onAbort);
      };
      const stop = ledger.subscribe(id, (record) => {
        if (!isEnough(record)) return;
        end();
        resolve(record);
      });
      const onAbort = (): void => {
        end();
        reject(new RenderError({ code: 'CANCELLED', message: 'The dispatcher has closed.', jobId: id }));
      };
      if (signal.aborted) onAbort();
      else signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Leaves word for the process that works the job, and gives the change that comes of it; none within the time given. */
  async function ask(
    id: string,
    request: Request,
    isEnough: (record: JobRecord) => boolean,
    untilMs: number,
  ): Promise<JobRecord | undefined> {
    const done = new AbortController();
    try {
      const changed = nextChange(id, isEnough, done.signal);
      changed.catch(() => undefined);
      store.ask(id, request);
      return await (untilMs === Number.POSITIVE_INFINITY ? changed : resultBy(clock, untilMs, closing, changed));
    } finally {
      done.abort();
    }
  }

  /** Has the job looked at by whoever can. */
  async function look(record: JobRecord, how: Request): Promise<JobRecord> {
    const { id, account, provider } = record;
    if (how === 'look' && (ledger.isHeld(id) || isFinished(record.state))) return watcher.look(record);
    const work = await caretaker.ownWork(account, provider);
    if (how === 'settle' && work) {
      await settler.lookAgain(record, work.handle.client);
      work.takeMore();
      return ledger.read(id) ?? record;
    }
    if (ledger.isHeld(id)) return watcher.look(ledger.read(id) ?? record);
    if (how === 'settle') {
      // It may find nothing, and then there is no change to wait for: a later read shows what came of it.
      store.ask(id, how);
      return record;
    }
    const idle = await caretaker.explain(record);
    if (idle !== record) return idle;
    return (await ask(id, how, () => true, clock.now() + LOOK_PATIENCE_MS)) ?? ledger.read(id) ?? record;
  }

  async function waitFor(begun: JobRecord, options: Omit<WaitForOptions, 'principal'>): Promise<JobRecord> {
    const { untilMs, signal, onChange, until } = options;
    const { id } = begun;
    if (begun.isGone) {
      onChange?.(viewJob(begun));
      return begun;
    }
    const enough = new AbortController();
    /** The job, where no process is there to work it. */
    let idle: JobRecord | undefined;
    const isEnough = (record: JobRecord): boolean =>
      isFinished(record.state) ||
      (isUnwatched(record) && !record.watch?.error.retryable) ||
      (until?.(viewJob(record)) ?? false);
    const leave = caretaker.attend();
    const unsubscribe = ledger.subscribe(id, (record) => {
      onChange?.(viewJob(record));
      if (isEnough(record)) enough.abort();
    });
    try {
      const record = ledger.read(id) ?? begun;
      onChange?.(viewJob(record));
      const remedy = remedyOf(record);
      // The look's answer comes through the subscription, so that a slow one does not outlast the deadline. One that
      // changes nothing has been enough all the same.
      if (remedy !== undefined)
        look(record, remedy)
          .then((seen) => isEnough(seen) && enough.abort())
          .catch((fault: unknown) => !closing.aborted && onFault(fault, id));
      else if (isEnough(record)) enough.abort();
      else
        caretaker
          .explain(record)
          .then((seen) => {
            if (seen !== record) idle = seen;
            if (idle) enough.abort();
          })
          .catch((fault: unknown) => onFault(fault, id));
      const signals = [enough.signal, closing, ...(signal ? [signal] : [])];
      await sleepUntil(clock, untilMs, AbortSignal.any(signals));
      return idle ?? (closing.aborted ? record : (ledger.read(id) ?? record));
    } finally {
      unsubscribe();
      leave();
    }
  }

  /** No process that is there has the account's key: only what was never sent can be called back without it. */
  function cancelUnworked(record: JobRecord, error: ErrorRecord): JobRecord {
    const cancelled = { ...toCancelled(record), updatedAt: clock.now() };
    if (store.withdraw(cancelled)) {
      ledger.tell(cancelled);
      return cancelled;
    }
    store.ask(record.id, 'cancel');
    throw new RenderError({
      code: error.code,
      message: `The job cannot be cancelled now. ${error.message}`,
      provider: record.provider,
      jobId: record.id,
      remedy: `${error.remedy} The cancellation is noted, and carried out as soon as the job's account is configured.`,
    });
  }

  async function cancel(begun: JobRecord): Promise<JobRecord> {
    const { id, account, provider, state } = begun;
    if (!isFinished(state) && !ledger.isHeld(id)) await caretaker.ownWork(account, provider);
    const record = ledger.read(id) ?? begun;
    if (isFinished(record.state) || ledger.isHeld(id)) return canceller.cancel(record);
    const isDone = ({ state: now, cancelError, cancelRequested }: JobRecord): boolean =>
      isFinished(now) || (cancelError !== undefined && !cancelRequested);
    const { watch } = await caretaker.explain(record);
    if (!store.isOwned(account) && watch && !record.watch) return cancelUnworked(record, watch.error);
    const seen = (await ask(id, 'cancel', isDone, Number.POSITIVE_INFINITY)) ?? record;
    if (seen.state === 'cancelled') return seen;
    if (isFinished(seen.state)) return canceller.cancel(seen);
    const { code, message, remedy } = seen.cancelError ?? {
      code: 'INTERNAL',
      message: 'It was not cancelled.',
      remedy: '',
    };
    throw new RenderError({ code, message, provider, jobId: id, ...(remedy && { remedy }) });
  }

  async function settle(
    record: JobRecord,
    found: SettleInput,
    clientOf: (record: JobRecord) => Promise<RenderClient>,
  ): Promise<JobRecord> {
    if (!isInDoubt(record)) throw notInDoubt(record);
    const client = await clientOf(record);
    const snapshot = found.outcome === 'ran' ? await client.get(found.providerJobId) : undefined;
    const opened = snapshot ? toAccepted(record, snapshot, clock.now()) : toQueued(record);
    const next = { ...opened, updatedAt: clock.now() };
    const outcome = store.reopen(next);
    if (outcome === 'taken' && snapshot)
      throw conflict(
        record,
        `The provider's job ${snapshot.id} belongs to another job here.`,
        'Look for another job of the provider that was created when this one was submitted.',
        'providerJobId',
      );
    if (outcome === 'bare')
      throw conflict(record, 'The request of this job is kept no longer.', 'Submit the request as a new job.', 'jobId');
    if (outcome !== 'reopened') throw notInDoubt(ledger.read(record.id) ?? record);
    ledger.tell(next);
    const work = await caretaker.ownWork(record.account, record.provider);
    work?.takeMore();
    return ledger.read(record.id) ?? next;
  }

  return {
    async get(record) {
      const remedy = remedyOf(record);
      if (remedy === undefined) return caretaker.explain(record);
      const seen = await resultBy(clock, clock.now() + LOOK_PATIENCE_MS, closing, look(record, remedy));
      return seen ?? (closing.aborted ? record : (ledger.read(record.id) ?? record));
    },
    waitFor,
    cancel,
    settle,
  };
}
