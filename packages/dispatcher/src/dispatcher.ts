import { type Clock, type RenderClient, RenderError } from '@renderq/core';
import { resultBy, sleepUntil } from './deadline.ts';
import { fingerprintOf, providerKeyOf } from './fingerprint.ts';
import { type Job, viewJob } from './job.ts';
import { createJobCanceller } from './job-canceller.ts';
import { newJobId } from './job-id.ts';
import type { JobRecord } from './job-record.ts';
import { isFinished } from './job-state.ts';
import type { JobStore, ListQuery } from './job-store.ts';
import { createJobSubmitter } from './job-submitter.ts';
import { createJobWatcher } from './job-watcher.ts';
import { createLedger } from './ledger.ts';
import { requestProblem } from './request-problem.ts';

export interface DispatcherOptions {
  /** The client of a provider's account. May throw RenderError: an unknown provider, a missing key, a bad base URL. */
  readonly clients: (provider: string) => Promise<RenderClient>;
  readonly store: JobStore;
  readonly clock: Clock;
  /** Uniform in [0, 1). Default `Math.random`. */
  readonly random?: () => number;
  /** Makes ids of jobs. Default {@link newJobId}. */
  readonly newId?: () => string;
  /** Jobs that may be open at a time before a submit is refused with QUEUE_FULL. Default 1,000. */
  readonly maxOpenJobs?: number;
  /** Hears of faults that no caller is waiting for. They may hold anything: never show them to a user. */
  readonly onFault?: (fault: unknown, jobId: string) => void;
}

export interface SubmitInput {
  readonly provider: string;
  /** The provider's own request body. */
  readonly request: unknown;
  /** Same key and same request: the first job again. Same key and another request: CONFLICT. */
  readonly idempotencyKey?: string;
  readonly label?: string;
  /** Milliseconds to go on trying while the account is at a limit; 0 makes the refusal the job's failure at once. */
  readonly maxQueueMs?: number;
}

export interface WaitForOptions {
  /** Unix milliseconds at which the wait ends, whatever the job does. */
  readonly untilMs: number;
  /** Ends the wait; the job goes on. */
  readonly signal?: AbortSignal;
  /** Hears of the job as it is at first, then of each change. */
  readonly onChange?: (job: Job) => void;
  /** What to wait for. Default: the job has ended. */
  readonly until?: (job: Job) => boolean;
}

export interface CancelOptions {
  /** Unix milliseconds at which to answer with `cancelRequested` instead; the cancellation goes on. Default: never. */
  readonly untilMs?: number;
}

export interface JobPage {
  readonly jobs: readonly Job[];
  readonly nextCursor?: string;
}

/** Accepts render jobs, submits each exactly once inside the account's limits and follows it to its end. */
export interface Dispatcher {
  /**
   * Accepts a job and answers before it is sent. Throws RenderError INVALID_REQUEST, CONFLICT (field
   * `idempotencyKey`), QUEUE_FULL, or what `clients` throws. Whatever happens later is in the job.
   */
  submit(input: SubmitInput): Promise<Job>;
  /**
   * The job as last seen. Looks again, for some seconds at most, when it could not be looked at before or when its
   * links have expired.
   */
  get(id: string): Promise<Job>;
  /** Waits for the job and answers with what it is then: at the deadline, too, without a throw. */
  waitFor(id: string, options: WaitForOptions): Promise<Job>;
  /** Newest first. */
  list(query: ListQuery): Promise<JobPage>;
  /**
   * Cancels a job: locally while no provider has it, else at the provider. Throws RenderError CONFLICT for a job
   * that ended otherwise, PROVIDER_UNSUPPORTED where the provider cannot cancel; the job is then unchanged.
   */
  cancel(id: string, options?: CancelOptions): Promise<Job>;
  /** Calls `listener` after each change of any job. Returns how to stop it. */
  subscribe(listener: (job: Job) => void): () => void;
  /** Stops following jobs. Those that a provider has go on there. */
  close(): Promise<void>;
}

/** How long `get` waits for a look of its own: a caller who wants to wait longer says so with `waitFor`. */
const LOOK_PATIENCE_MS = 5_000;

/** Makes a dispatcher over a store. Nothing runs until a job comes. */
export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { clients, store, clock, maxOpenJobs = 1000 } = options;
  const random = options.random ?? Math.random;
  const newId = options.newId ?? newJobId;
  const onFault = options.onFault ?? (() => undefined);
  const ledger = createLedger({ store, clock, onFault });
  const watcher = createJobWatcher({ ledger, clients, clock, random, onFault });
  const submitter = createJobSubmitter({ ledger, onFault, onAccepted: watcher.watch });
  const canceller = createJobCanceller({ ledger, submitter, watcher, clients });
  const closing = new AbortController();

  async function find(id: string): Promise<JobRecord> {
    const record = await ledger.read(id);
    if (record) return record;
    throw new RenderError({
      code: 'NOT_FOUND',
      message: 'No job of this id is known here.',
      field: 'jobId',
      remedy: 'List the jobs to find the id; a job that ended long ago may have been forgotten.',
    });
  }

  const linksExpired = ({ state, remote }: JobRecord): boolean =>
    state === 'succeeded' && (remote?.output?.expiresAt ?? Number.POSITIVE_INFINITY) <= clock.now();

  const needsLook = (record: JobRecord): boolean =>
    (record.watch !== undefined && !record.watch.delayed) || linksExpired(record);

  function assertRoom(): void {
    if (ledger.openCount < maxOpenJobs) return;
    throw new RenderError({ code: 'QUEUE_FULL', message: `${maxOpenJobs} jobs are open here already.` });
  }

  function sameJob(held: JobRecord, fingerprint: string): Job {
    if (held.fingerprint === fingerprint) return viewJob(held, { deduplicated: true });
    throw new RenderError({
      code: 'CONFLICT',
      message: `This idempotency key already belongs to job ${held.id}, which has another request.`,
      field: 'idempotencyKey',
      jobId: held.id,
      remedy: 'Use a new key for another request, or repeat the first request unchanged.',
    });
  }

  return {
    async submit({ provider, request, idempotencyKey, label, maxQueueMs }) {
      const fingerprint = fingerprintOf(provider, request);
      const held = idempotencyKey === undefined ? undefined : await store.findByKey(provider, idempotencyKey);
      if (held) return sameJob((await ledger.read(held.id)) ?? held, fingerprint);
      const client = await clients(provider);
      const problem = requestProblem(provider, client.check(request));
      if (problem) throw problem;
      assertRoom();
      const id = newId();
      const now = clock.now();
      const key = idempotencyKey === undefined ? {} : { idempotencyKey };
      const { record, inserted } = await store.insert({
        id,
        provider,
        request,
        fingerprint,
        ...key,
        providerKey: providerKeyOf({ id, fingerprint, ...key }),
        ...(label === undefined ? {} : { label }),
        ...(maxQueueMs === undefined ? {} : { maxQueueMs }),
        createdAt: now,
        updatedAt: now,
        state: 'queued',
      });
      if (!inserted) return sameJob((await ledger.read(record.id)) ?? record, fingerprint);
      ledger.open(record);
      submitter.send(record, client);
      return viewJob((await ledger.read(id)) ?? record);
    },

    async get(id) {
      const record = await find(id);
      if (!needsLook(record)) return viewJob(record);
      return viewJob(
        (await resultBy(clock, clock.now() + LOOK_PATIENCE_MS, closing.signal, watcher.look(record))) ?? record,
      );
    },

    async waitFor(id, { untilMs, signal, onChange, until }) {
      const enough = new AbortController();
      const isEnough = (record: JobRecord): boolean =>
        isFinished(record.state) ||
        (record.watch !== undefined && !record.watch.delayed && !record.watch.error.retryable) ||
        (until?.(viewJob(record)) ?? false);
      const unsubscribe = ledger.subscribe(id, (record) => {
        onChange?.(viewJob(record));
        if (isEnough(record)) enough.abort();
      });
      try {
        const record = await find(id);
        onChange?.(viewJob(record));
        // The look's answer comes through the subscription, so that a slow one does not outlast the deadline.
        if (needsLook(record)) watcher.look(record).catch((fault: unknown) => onFault(fault, id));
        else if (isEnough(record)) enough.abort();
        const signals = [enough.signal, closing.signal, ...(signal ? [signal] : [])];
        await sleepUntil(clock, untilMs, AbortSignal.any(signals));
        return viewJob((await ledger.read(id)) ?? record);
      } finally {
        unsubscribe();
      }
    },

    async list(query) {
      const { records, nextCursor } = await store.list(query);
      return {
        jobs: records.map((record) => viewJob(record)),
        ...(nextCursor === undefined ? {} : { nextCursor }),
      };
    },

    async cancel(id, { untilMs } = {}) {
      const record = await find(id);
      const work = canceller.cancel(record);
      if (untilMs === undefined) return viewJob(await work);
      const cancelled = await resultBy(clock, untilMs, closing.signal, work);
      return viewJob(cancelled ?? (await ledger.read(id)) ?? record);
    },

    subscribe: (listener) => ledger.subscribe(undefined, (record) => listener(viewJob(record))),

    async close() {
      closing.abort();
      submitter.close();
      watcher.close();
      await store.close();
    },
  };
}
