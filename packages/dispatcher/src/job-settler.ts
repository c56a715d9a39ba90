import { type Clock, type ErrorRecord, type RenderClient, RenderError, type Settlement } from '@renderq/core';
import type { JobRecord } from './job-record.ts';
import type { JobStore } from './job-store.ts';
import type { JobSubmitter } from './job-submitter.ts';
import type { JobWatcher } from './job-watcher.ts';
import type { Ledger } from './ledger.ts';
import { toAccepted, toFailed, toInDoubt, toLookAt, toQueued } from './transitions.ts';

/** Core forgets after a minute what makes it doubt a job that it sees: then it is worth another look. */
const SECOND_LOOK_MS = 61_000;
/** A submit that went out longer before another than this has nothing to do with the other's job. */
const RIVALS_MS = 120_000;
/** How often it is asked meanwhile whether lists have become proof. */
const EVIDENCE_MS = 1_000;
/** A job whose outcome is unknown is not looked for more often than this, however often it is asked about. */
const REST_MS = 30_000;

export interface SettlerPorts {
  readonly store: JobStore;
  readonly ledger: Ledger;
  readonly submitter: JobSubmitter;
  readonly watcher: JobWatcher;
  readonly clock: Clock;
  readonly onFault: (fault: unknown, jobId: string) => void;
}

/** Finds out what became of submits without an idempotency key whose process ended before their answer came. */
export interface JobSettler {
  /** Adopts, sends again, or fails jobs that are held here and were on the wire. */
  recover(jobs: readonly JobRecord[], client: RenderClient): Promise<void>;
  /**
   * Looks once more for a job that failed with an unknown outcome; on an account that is worked here. A job that is found is
   * open again; one that never arrived says so. Nothing is sent: who asks about a job has not asked for a render.
   */
  lookAgain(record: JobRecord, client: RenderClient): Promise<void>;
  close(): void;
}

const unknownOutcome = (record: JobRecord, why: string): ErrorRecord =>
  new RenderError({
    code: 'SUBMIT_OUTCOME_UNKNOWN',
    message: `The process ended before the answer to the submit came. It cannot be settled: ${why}.`,
    provider: record.provider,
  }).record;

const neverArrived = (record: JobRecord): ErrorRecord =>
  new RenderError({
    code: 'NETWORK',
    message: "The submit never reached the provider: its job list has shown later jobs, and not this one's.",
    provider: record.provider,
    remedy: 'Submit it again, with a new idempotency key if it had one: nothing has been rendered or billed.',
  }).record;

const sentAtOf = (record: JobRecord): number => record.sentAt ?? record.doubt?.sentAt ?? record.createdAt;

const taken = (remoteId: string, holder: string): Settlement => ({
  outcome: 'unknown',
  why: `the only new job, ${remoteId}, is that of ${holder}`,
  candidates: [remoteId],
});

/** Makes a settler that has nothing to settle yet. */
export function createJobSettler(ports: SettlerPorts): JobSettler {
  const { store, ledger, submitter, watcher, clock, onFault } = ports;
  const closing = new AbortController();
  const { signal } = closing;
  const lookedAt = new Map<string, number>();

  async function find(record: JobRecord, client: RenderClient): Promise<Settlement> {
    const sentAt = sentAtOf(record);
    const rivals = store.doubtsOf(record.account, sentAt - RIVALS_MS).filter((at) => at !== sentAt);
    const found = await client.recovery.settle({ sentAt, rivals, signal });
    if (found.outcome !== 'found') return found;
    const holder = store.jobOfRemote(record.account, found.job.id);
    return holder === undefined || holder === record.id ? found : taken(found.job.id, holder);
  }

  /** False where nobody can tell yet. */
  function apply(record: JobRecord, client: RenderClient, settlement: Settlement): boolean {
    const { id } = record;
    if (settlement.outcome === 'unknown') return false;
    if (settlement.outcome === 'found') {
      ledger.change(id, (current) => toAccepted(current, toLookAt(settlement.job), clock.now()));
      const accepted = ledger.read(id);
      if (accepted && ledger.isHeld(id)) watcher.watch(accepted);
      return true;
    }
    ledger.change(id, toQueued);
    const queued = ledger.read(id);
    if (queued && ledger.isHeld(id)) submitter.send(queued, client);
    return true;
  }

  /** The youngest first: what it has made cannot be the job of an older one, but not the other way round. */
  async function settleAll(jobs: readonly JobRecord[], client: RenderClient): Promise<readonly Undecided[]> {
    const undecided: Undecided[] = [];
    for (const record of [...jobs].sort((a, b) => sentAtOf(b) - sentAtOf(a))) {
      if (signal.aborted || !ledger.isHeld(record.id)) continue;
      const settlement = await find(record, client);
      if (!apply(record, client, settlement) && settlement.outcome === 'unknown')
        undecided.push({ record, settlement });
    }
    return undecided;
  }

  /** Whether time can tell more: a candidate that is only doubted for now, or other jobs that lists have yet to show. */
  const mayTellMore = ({ record, settlement }: Undecided): boolean =>
    settlement.candidates !== undefined || ledger.held(record.account).length > 1;

  const giveUp = ({ record, settlement: { why, candidates } }: Undecided): void =>
    ledger.change(record.id, (current) =>
      toInDoubt(current, unknownOutcome(current, why), {
        sentAt: sentAtOf(current),
        ...(candidates && { candidates }),
        lost: 'process',
      }),
    );

  function announceWait({ record, settlement }: Undecided, nextAttemptAt: number): void {
    const error = unknownOutcome(record, settlement.why);
    ledger.change(record.id, (current) => ({
      ...current,
      queue: { reason: 'retry', attempts: 1, nextAttemptAt, error },
    }));
  }

  async function untilLater(client: RenderClient, until: number): Promise<void> {
    const wasProven = client.recovery.evidence().listLagMs !== undefined;
    while (clock.now() < until) {
      await clock.sleep(EVIDENCE_MS, signal);
      if (!wasProven && client.recovery.evidence().listLagMs !== undefined) return;
    }
  }

  async function recover(jobs: readonly JobRecord[], client: RenderClient): Promise<void> {
    let waiting = jobs;
    const begunAt = clock.now();
    // A time to come is one of a clock that was set back since.
    const sentBefore = (record: JobRecord): number => Math.min(sentAtOf(record), begunAt);
    for (;;) {
      const undecided = await settleAll(waiting, client);
      // Counted from when they were sent, whoever has looked meanwhile: a process may never live for so long.
      const later = undecided.filter(
        (one) => mayTellMore(one) && clock.now() < sentBefore(one.record) + SECOND_LOOK_MS,
      );
      for (const one of undecided) if (!later.includes(one)) giveUp(one);
      waiting = later.map(({ record }) => record);
      if (waiting.length === 0) return;
      const until = Math.min(...waiting.map(sentBefore)) + SECOND_LOOK_MS;
      for (const one of later) announceWait(one, until);
      await untilLater(client, until);
    }
  }

  async function lookAgain(record: JobRecord, client: RenderClient): Promise<void> {
    const { id, doubt } = record;
    const now = clock.now();
    if (!doubt || now - (lookedAt.get(id) ?? Number.NEGATIVE_INFINITY) < REST_MS) return;
    lookedAt.set(id, now);
    const settlement = await find(record, client);
    if (settlement.outcome === 'found') {
      const next = { ...toAccepted(record, settlement.job, clock.now()), updatedAt: clock.now() };
      if (store.reopen(next) === 'reopened') ledger.tell(next);
      return;
    }
    // Of a submit that this provider may have counted, a list without it proves nothing.
    if (settlement.outcome === 'absent' && doubt.lost === 'process')
      ledger.amend(record, (current) => toFailed(current, neverArrived(current)));
  }

  const quietly = async (work: Promise<void>, jobId: string): Promise<void> => {
    try {
      await work;
    } catch (fault) {
      if (!signal.aborted) onFault(fault, jobId);
    }
  };

  return {
    recover: (jobs, client) => quietly(recover(jobs, client), jobs[0]?.id ?? ''),
    lookAgain: (record, client) => quietly(lookAgain(record, client), record.id),
    close: () => closing.abort(),
  };
}

interface Undecided {
  readonly record: JobRecord;
  readonly settlement: Settlement & { readonly outcome: 'unknown' };
}
