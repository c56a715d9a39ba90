import { setTimeout as delay } from 'node:timers/promises';
import { RenderError } from '@renderq/core';
import { otherAccount } from './account-handle.ts';
import { createAccountWork } from './account-work.ts';
import { createCaretaker } from './caretaker.ts';
import { resultBy } from './deadline.ts';
import type { Dispatcher, DispatcherOptions } from './dispatcher-contract.ts';
import { fingerprintOf, isOwnKey, providerKeyOf } from './fingerprint.ts';
import { type Job, viewJob } from './job.ts';
import { createJobCanceller } from './job-canceller.ts';
import { newJobId } from './job-id.ts';
import type { JobRecord } from './job-record.ts';
import { createJobSettler } from './job-settler.ts';
import { isFinished } from './job-state.ts';
import { createJobSubmitter } from './job-submitter.ts';
import { createJobWatcher } from './job-watcher.ts';
import { createLedger } from './ledger.ts';
import { createLookout } from './lookout.ts';
import { LOCAL_PRINCIPAL } from './principal.ts';
import { REPEAT_GUARD_MS } from './repeat-guard.ts';
import { requestProblem } from './request-problem.ts';
import { createTurns } from './turns.ts';

/** A timer that keeps no process alive: whoever waits for a job has a timer of its own. */
const idle = (ms: number, signal: AbortSignal): Promise<void> =>
  delay(ms, undefined, { signal, ref: false }).catch(() => undefined);

const queueFull = (bound: number): RenderError =>
  new RenderError({ code: 'QUEUE_FULL', message: `${bound} jobs are open here already.` });

const unknownJob = (): RenderError =>
  new RenderError({
    code: 'NOT_FOUND',
    message: 'No job of this id is known here.',
    field: 'jobId',
    remedy: 'List the jobs to find the id; a job that ended long ago may have been forgotten.',
  });

/** Stores keep text as UTF-8, in which halves of characters all read the same: two such keys would be one. */
const brokenKey = (): RenderError =>
  new RenderError({
    code: 'INVALID_REQUEST',
    message: 'The idempotency key holds half a character (a lone surrogate).',
    field: 'idempotencyKey',
    remedy: 'Use a key of whole characters, for example letters, digits and dashes.',
  });

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

/** Makes a dispatcher over a store. Nothing runs, and nothing is opened, before its first call. */
export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { accounts, store, clock, maxOpenJobs = 1000 } = options;
  const random = options.random ?? Math.random;
  const newId = options.newId ?? newJobId;
  const onFault = options.onFault ?? (() => undefined);
  const pause = options.pause ?? idle;
  const closing = new AbortController();
  const turn = createTurns();
  let closed: Promise<void> | undefined;

  async function clientOf(record: JobRecord) {
    const handle = await accounts(record.provider);
    if (handle.id !== record.account) throw otherAccount(record.provider);
    return handle.client;
  }

  const ledger = createLedger({
    store,
    clock,
    pause,
    onFault,
    onLost(id) {
      submitter.abandon(id);
      watcher.unwatch(id);
    },
  });
  const watcher = createJobWatcher({ ledger, clients: clientOf, clock, random, onFault });
  const submitter = createJobSubmitter({ ledger, clock, onFault, onAccepted: watcher.watch });
  const settler = createJobSettler({ store, ledger, submitter, watcher, clock, onFault });
  const canceller = createJobCanceller({ ledger, submitter, watcher, closing: closing.signal, clients: clientOf });
  const caretaker = createCaretaker({
    store,
    ledger,
    watcher,
    canceller,
    settler,
    clock,
    accounts,
    pause,
    onFault,
    makeWork: (handle) => createAccountWork(handle, { store, ledger, submitter, watcher, settler, canceller, onFault }),
  });
  const lookout = createLookout({
    store,
    ledger,
    watcher,
    settler,
    canceller,
    caretaker,
    clock,
    closing: closing.signal,
    onFault,
  });

  function find(id: string, principal = LOCAL_PRINCIPAL): JobRecord {
    caretaker.wake();
    const record = ledger.read(id);
    if (record?.principal !== principal) throw unknownJob();
    const { isEphemeral, state, account } = record;
    return isEphemeral && isFinished(state) && !store.isOwned(account) ? { ...record, isGone: true } : record;
  }

  async function shut(): Promise<void> {
    closing.abort();
    await submitter.close();
    settler.close();
    watcher.close();
    ledger.close();
    caretaker.close();
    store.close();
  }

  return {
    async submit({ provider, request: given, idempotencyKey, label, maxQueueMs, principal = LOCAL_PRINCIPAL }) {
      caretaker.wake();
      const fingerprint = fingerprintOf(provider, given);
      // What is sent later is what was asked for now, whatever the caller does with the object meanwhile.
      const request: unknown = JSON.parse(JSON.stringify(given));
      if (idempotencyKey?.isWellFormed() === false) throw brokenKey();
      const handle = await accounts(provider);
      // A job of another life of the account is no answer: what it made is gone.
      if (handle.isEphemeral) caretaker.workOf(handle).take();
      const first = idempotencyKey === undefined ? undefined : store.findByKey(principal, handle.id, idempotencyKey);
      if (first) return sameJob(ledger.read(first.id) ?? first, fingerprint);
      const problem = requestProblem(provider, handle.client.check(request));
      if (problem) throw problem;
      const id = newId();
      const now = clock.now();
      const key = idempotencyKey === undefined ? {} : { idempotencyKey };
      const isKnownKey =
        idempotencyKey !== undefined &&
        isOwnKey(idempotencyKey) &&
        store.hasProviderKey(principal, provider, idempotencyKey);
      const record: JobRecord = {
        id,
        principal,
        provider,
        account: handle.id,
        ...(handle.isEphemeral && { isEphemeral: true }),
        request,
        fingerprint,
        ...key,
        providerKey: providerKeyOf({ id, principal, fingerprint, isKnownKey, ...key }),
        ...(label === undefined ? {} : { label }),
        ...(maxQueueMs === undefined ? {} : { maxQueueMs }),
        createdAt: now,
        updatedAt: now,
        state: 'queued',
      };
      await turn();
      const work = caretaker.workOf(handle);
      const inserted = store.insert(record, { repeatsSince: now - REPEAT_GUARD_MS, maxOpen: maxOpenJobs });
      if (inserted.outcome === 'full') throw queueFull(maxOpenJobs);
      if (inserted.outcome !== 'inserted')
        return sameJob(ledger.read(inserted.record.id) ?? inserted.record, fingerprint);
      try {
        if (inserted.isMine) work.begin([record]);
        else work.take();
      } catch (fault) {
        // It is accepted: what cannot be begun now is begun at the next glance.
        onFault(fault, id);
      }
      return viewJob(ledger.read(id) ?? record);
    },

    async get(id, { principal } = {}) {
      return viewJob(await lookout.get(find(id, principal)));
    },

    async waitFor(id, { principal, ...wait }) {
      const record = find(id, principal);
      return viewJob(await lookout.waitFor(record, wait));
    },

    async requestOf(id, { principal } = {}) {
      return store.requestOf(find(id, principal).id);
    },

    async list({ principal = LOCAL_PRINCIPAL, ...query }) {
      caretaker.wake();
      const { records, nextCursor } = store.list(principal, query);
      return {
        jobs: records.map((record) => viewJob(record)),
        ...(nextCursor === undefined ? {} : { nextCursor }),
      };
    },

    async cancel(id, { untilMs, principal } = {}) {
      const record = find(id, principal);
      const work = lookout.cancel(record);
      if (untilMs === undefined) return viewJob(await work);
      const cancelled = await resultBy(clock, untilMs, closing.signal, work);
      return viewJob(cancelled ?? ledger.read(id) ?? record);
    },

    async settle(id, found, { principal } = {}) {
      return viewJob(await lookout.settle(find(id, principal), found, clientOf));
    },

    subscribe(listener, { principal = LOCAL_PRINCIPAL } = {}) {
      return ledger.subscribe(undefined, (record) => {
        if (record.principal === principal) listener(viewJob(record));
      });
    },

    close() {
      closed ??= shut();
      return closed;
    },
  };
}
