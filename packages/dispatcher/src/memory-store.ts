import type { AccountEvidence } from '@renderq/core';
import type { JobRecord } from './job-record.ts';
import { isFinished } from './job-state.ts';
import type { InsertRules, JobStore, ListQuery } from './job-store.ts';
import { readCursor, writeCursor } from './list-cursor.ts';
import { forbidsRepeat, isInDoubt } from './repeat-guard.ts';

export interface MemoryStoreOptions {
  /** Finished jobs to remember; the one that finished first is forgotten first. Default 500. */
  readonly keepFinished?: number;
}

interface Entry {
  readonly sequence: number;
  record: JobRecord;
}

const slotOf = (principal: string, account: string, key: string): string => JSON.stringify([principal, account, key]);

const keySlot = ({ principal, account, idempotencyKey }: JobRecord): string | undefined =>
  idempotencyKey === undefined ? undefined : slotOf(principal, account, idempotencyKey);

/** Keeps jobs for the life of one process, in bounded memory. Open jobs are never forgotten. */
export function createMemoryStore(options: MemoryStoreOptions = {}): JobStore {
  const keepFinished = options.keepFinished ?? 500;
  /** In the order of insertion, so a page is a walk from the end. */
  const entries = new Map<string, Entry>();
  const idByKey = new Map<string, string>();
  const finishedIds = new Set<string>();
  const evidenceOf = new Map<string, AccountEvidence>();
  const owned = new Set<string>();
  /** Open jobs that nobody works. */
  const waiting = new Set<string>();
  let sequence = 0;

  const forget = (id: string): void => {
    const entry = entries.get(id);
    const slot = entry && keySlot(entry.record);
    if (slot !== undefined) idByKey.delete(slot);
    entries.delete(id);
    finishedIds.delete(id);
  };

  const noteFinished = (record: JobRecord): void => {
    if (!isFinished(record.state)) return;
    finishedIds.add(record.id);
    for (const id of finishedIds) {
      if (finishedIds.size <= keepFinished) break;
      forget(id);
    }
  };

  const records = (): JobRecord[] => [...entries.values()].map(({ record }) => record);
  const isOpen = ({ state }: JobRecord): boolean => !isFinished(state);

  const findRepeat = (record: JobRecord, { repeatsSince }: InsertRules): JobRecord | undefined =>
    records().findLast(
      (other) =>
        other.principal === record.principal &&
        other.account === record.account &&
        other.fingerprint === record.fingerprint &&
        other.createdAt >= repeatsSince &&
        forbidsRepeat(other),
    );

  const matches = (record: JobRecord, principal: string, query: ListQuery): boolean =>
    record.principal === principal &&
    (query.state === undefined || record.state === query.state) &&
    (query.provider === undefined || record.provider === query.provider);

  const jobOfRemote = (account: string, remoteId: string): string | undefined =>
    records().find((record) => record.account === account && record.remote?.id === remoteId)?.id;

  return {
    isShared: false,

    insert(record, rules) {
      const slot = keySlot(record);
      const holder = slot === undefined ? undefined : entries.get(idByKey.get(slot) ?? '');
      if (holder) return { outcome: 'held', record: holder.record };
      const repeat = slot === undefined ? findRepeat(record, rules) : undefined;
      if (repeat) return { outcome: 'repeat', record: repeat };
      if (entries.size - finishedIds.size >= rules.maxOpen) return { outcome: 'full' };
      sequence += 1;
      entries.set(record.id, { sequence, record });
      if (slot !== undefined) idByKey.set(slot, record.id);
      const isMine = owned.has(record.account);
      if (!isMine) waiting.add(record.id);
      return { outcome: 'inserted', isMine };
    },
    findByKey: (principal, account, key) => entries.get(idByKey.get(slotOf(principal, account, key)) ?? '')?.record,
    hasProviderKey: (principal, provider, key) =>
      records().some((job) => job.principal === principal && job.provider === provider && job.providerKey === key),
    get: (id) => entries.get(id)?.record,
    requestOf: (id) => entries.get(id)?.record.request,
    put(record) {
      const entry = entries.get(record.id);
      if (!entry || (isFinished(entry.record.state) && entry.record.state !== record.state)) return false;
      entry.record = record;
      noteFinished(record);
      return true;
    },
    reopen(record) {
      const entry = entries.get(record.id);
      if (!entry || !isInDoubt(entry.record)) return 'changed';
      if (record.remote && jobOfRemote(record.account, record.remote.id)) return 'taken';
      finishedIds.delete(record.id);
      entry.record = record;
      noteFinished(record);
      if (isOpen(record)) waiting.add(record.id);
      return 'reopened';
    },
    jobOfRemote,
    // Whatever is open here is held here.
    withdraw: () => false,
    ask: () => undefined,
    list(principal, query) {
      const before = query.cursor === undefined ? Number.POSITIVE_INFINITY : readCursor(query.cursor);
      const found = [...entries.values()]
        .reverse()
        .filter((entry) => entry.sequence < before && matches(entry.record, principal, query));
      const page = found.slice(0, query.limit);
      const last = page.at(-1);
      return {
        records: page.map((entry) => entry.record),
        ...(last && found.length > page.length ? { nextCursor: writeCursor(last.sequence) } : {}),
      };
    },

    openAccounts: () => records().filter(isOpen),
    isOwned: (account) => owned.has(account),
    takeAccount(account) {
      owned.add(account);
      return true;
    },
    takeJobs(account) {
      const taken = [...waiting]
        .flatMap((id) => entries.get(id)?.record ?? [])
        .filter((job) => job.account === account);
      for (const { id } of taken) waiting.delete(id);
      return taken;
    },
    endLife(account) {
      for (const entry of entries.values()) {
        const { record } = entry;
        if (record.account !== account || isOpen(record) || !forbidsRepeat(record)) continue;
        const slot = keySlot(record);
        if (slot !== undefined) idByKey.delete(slot);
        entry.record = { ...record, isGone: true };
      }
    },
    beat: (account) => owned.has(account),
    beatOf: (account) => (owned.has(account) ? 0 : undefined),
    letGo: (id) => void waiting.add(id),
    giveBack(account) {
      owned.delete(account);
      for (const job of records()) if (job.account === account && isOpen(job)) waiting.add(job.id);
    },
    memoryOf(account) {
      const jobs = records().filter((job) => job.account === account && job.remote);
      return {
        jobIds: jobs.flatMap(({ remote }) => remote?.id ?? []),
        openJobs: jobs
          .filter(isOpen)
          .flatMap(({ remote, acceptedAt, createdAt }) =>
            remote ? [{ id: remote.id, acceptedAt: acceptedAt ?? createdAt }] : [],
          ),
        evidence: evidenceOf.get(account),
      };
    },
    doubtsOf: (account, since) =>
      records()
        .filter((job) => job.account === account)
        .flatMap((job) => job.doubt?.sentAt ?? (job.state === 'submitting' ? (job.sentAt ?? []) : []))
        .filter((at) => at >= since),
    keepEvidence: (account, evidence) => void evidenceOf.set(account, evidence),

    version: () => 0,
    news: () => [],
    answered: () => undefined,
    close() {
      entries.clear();
      idByKey.clear();
      finishedIds.clear();
      waiting.clear();
    },
  };
}
