import type { AccountHandle } from './account-handle.ts';
import type { JobCanceller } from './job-canceller.ts';
import type { JobRecord } from './job-record.ts';
import type { JobSettler } from './job-settler.ts';
import type { JobStore } from './job-store.ts';
import type { JobSubmitter } from './job-submitter.ts';
import type { JobWatcher } from './job-watcher.ts';
import type { Ledger } from './ledger.ts';
import { toCancelled, toQueued } from './transitions.ts';

/** An owner that gives no sign of life for this long hangs: what it has not on the wire is taken over. */
const HUNG_MS = 30_000;
/** A pause between two glances counts no more than this: the computer may have been asleep. */
const LONGEST_GLANCE_MS = 1_000;
const BEAT_MS = 5_000;
/** Open jobs of an account of ours that others hold are asked for this often: their holder may have died. */
const ORPHAN_MS = 1_000;

export interface WorkPorts {
  readonly store: JobStore;
  readonly ledger: Ledger;
  readonly submitter: JobSubmitter;
  readonly watcher: JobWatcher;
  readonly settler: JobSettler;
  readonly canceller: JobCanceller;
  readonly onFault: (fault: unknown, jobId: string) => void;
}

/** One account, as far as this process has to do with it: it owns it and works its jobs, or sees to it that somebody does. */
export interface AccountWork {
  readonly handle: AccountHandle;
  readonly isMine: boolean;
  /** Owns the account if nobody alive does, and begins with its jobs. Answers whether it is ours. */
  take(): boolean;
  /** Begins with jobs of the account that nobody works, if it is ours. */
  takeMore(): void;
  /** Begins with jobs that are held here. */
  begin(jobs: readonly JobRecord[]): void;
  /** What has to be done now and then; `hasNews` when other processes have changed jobs. */
  step(nowMs: number, hasNews: boolean): void;
  /** Leaves the account to other processes. */
  giveBack(): void;
}

/** Makes the work of an account, which nobody has begun. */
export function createAccountWork(handle: AccountHandle, ports: WorkPorts): AccountWork {
  const { store, ledger, submitter, watcher, settler, canceller, onFault } = ports;
  const { client, id: account, isEphemeral } = handle;
  const provider = client.provider.id;
  let isMine = false;
  let beatAt = 0;
  let orphansAt = 0;
  let evidence = '';
  /** The owner's last sign of life, and for how long it has stood. */
  let seen = { beat: -1, stoodMs: 0, at: 0 };

  /** Jobs of another life of the account: what its provider had of them is gone. */
  const afresh = (record: JobRecord): JobRecord => (isEphemeral ? toQueued(record) : record);

  const wasOnWire = ({ sentAt, remote }: JobRecord): boolean =>
    sentAt !== undefined && remote === undefined && !client.provider.idempotentSubmit;

  function cancel(record: JobRecord): void {
    canceller.cancel({ ...record }).catch(() => undefined);
  }

  function begin(jobs: readonly JobRecord[]): void {
    for (const job of jobs) ledger.open(job);
    const doubtful = jobs.filter(wasOnWire);
    if (doubtful.length > 0) void settler.recover(doubtful, client);
    for (const job of jobs) {
      if (job.remote) watcher.watch(job);
      else if (job.cancelRequested && job.sentAt === undefined) ledger.change(job.id, toCancelled);
      else if (!wasOnWire(job)) submitter.send(job, client);
      if (job.cancelRequested && ledger.isHeld(job.id)) cancel(job);
    }
  }

  /** Jobs that another process held, or accepted, since the account became ours. */
  function takeMore(): void {
    const jobs = store.takeJobs(account).map(afresh);
    const openJobs = jobs.flatMap(({ remote, acceptedAt, createdAt }) =>
      remote ? [{ id: remote.id, acceptedAt: acceptedAt ?? createdAt }] : [],
    );
    if (openJobs.length > 0) client.recovery.adopt({ jobIds: openJobs.map(({ id }) => id), openJobs });
    begin(jobs);
  }

  function take(evenIfAlive = false): boolean {
    if (isMine) return true;
    if (!store.takeAccount(account, provider, evenIfAlive)) return false;
    if (isEphemeral) store.endLife(account);
    // All that can fail comes before the account counts as ours: the next attempt then begins anew.
    const memory = store.memoryOf(account);
    const jobs = store.takeJobs(account).map(afresh);
    isMine = true;
    if (!isEphemeral) client.recovery.adopt(memory);
    begin(jobs);
    return true;
  }

  /** Whether the owner has given no sign of life for too long, by our own count of the time. */
  function isHung(nowMs: number): boolean {
    const beat = store.beatOf(account) ?? -1;
    const passed = Math.min(LONGEST_GLANCE_MS, Math.max(0, nowMs - seen.at));
    seen = { beat, at: nowMs, stoodMs: beat === seen.beat ? seen.stoodMs + passed : 0 };
    return seen.stoodMs >= HUNG_MS;
  }

  /** Another process took the account while this one slept. What is on the wire here is still ours to settle. */
  function lose(): void {
    isMine = false;
    for (const { id, state } of ledger.held(account)) if (state !== 'submitting') ledger.drop(id);
  }

  function handOver(): void {
    for (const { id, state } of ledger.held(account)) {
      if (state === 'submitting') continue;
      store.letGo(id);
      ledger.drop(id);
    }
  }

  function keepEvidence(): void {
    const learned = client.recovery.evidence();
    const text = JSON.stringify(learned);
    if (text === evidence) return;
    store.keepEvidence(account, learned);
    evidence = text;
  }

  function stepAsOwner(nowMs: number, hasNews: boolean): void {
    if (nowMs - beatAt >= BEAT_MS || nowMs < beatAt) {
      beatAt = nowMs;
      if (!store.beat(account)) {
        lose();
        return;
      }
    }
    keepEvidence();
    if (!hasNews && nowMs - orphansAt < ORPHAN_MS && nowMs >= orphansAt) return;
    orphansAt = nowMs;
    takeMore();
  }

  return {
    handle,
    get isMine() {
      return isMine;
    },
    take() {
      // Where a store says so, another has the account, or its file is a new one.
      if (isMine && !store.beat(account)) lose();
      return take();
    },
    takeMore() {
      if (isMine) takeMore();
    },
    begin,
    step(nowMs, hasNews) {
      if (!store.isShared) return;
      if (isMine) {
        stepAsOwner(nowMs, hasNews);
        return;
      }
      handOver();
      take(isHung(nowMs));
    },
    giveBack() {
      if (!isMine) return;
      isMine = false;
      try {
        keepEvidence();
        store.giveBack(account);
      } catch (fault) {
        onFault(fault, '');
      }
    },
  };
}
