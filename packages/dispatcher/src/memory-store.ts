import { RenderError } from '@renderq/core';
import type { JobRecord } from './job-record.ts';
import { isFinished } from './job-state.ts';
import type { JobStore, ListQuery } from './job-store.ts';

export interface MemoryStoreOptions {
  /** Finished jobs to remember; the one that finished first is forgotten first. Default 500. */
  readonly keepFinished?: number;
}

const CURSOR = /^c([1-9]\d{0,15})$/;

function readCursor(cursor: string): number {
  const sequence = CURSOR.exec(cursor)?.[1];
  if (sequence === undefined) {
    throw new RenderError({
      code: 'INVALID_REQUEST',
      message: 'The cursor is not one that this list gave out.',
      field: 'cursor',
      remedy: 'Pass the nextCursor of the page before, or leave cursor out to start at the newest job.',
    });
  }
  return Number(sequence);
}

const slotOf = (provider: string, idempotencyKey: string): string => JSON.stringify([provider, idempotencyKey]);

const keySlot = (record: JobRecord): string | undefined =>
  record.idempotencyKey === undefined ? undefined : slotOf(record.provider, record.idempotencyKey);

/** Keeps jobs for the life of the process, in bounded memory. Open jobs are never forgotten. */
export function createMemoryStore(options: MemoryStoreOptions = {}): JobStore {
  const keepFinished = options.keepFinished ?? 500;
  /** In the order of insertion, so a page is a walk from the end. */
  const entries = new Map<string, { readonly sequence: number; record: JobRecord }>();
  const idByKey = new Map<string, string>();
  const finishedIds = new Set<string>();
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

  const matches = (record: JobRecord, query: ListQuery): boolean =>
    (query.state === undefined || record.state === query.state) &&
    (query.provider === undefined || record.provider === query.provider);

  return {
    async insert(record) {
      const slot = keySlot(record);
      const holder = slot === undefined ? undefined : entries.get(idByKey.get(slot) ?? '');
      if (holder) return { record: holder.record, inserted: false };
      sequence += 1;
      entries.set(record.id, { sequence, record });
      if (slot !== undefined) idByKey.set(slot, record.id);
      noteFinished(record);
      return { record, inserted: true };
    },

    async findByKey(provider, idempotencyKey) {
      return entries.get(idByKey.get(slotOf(provider, idempotencyKey)) ?? '')?.record;
    },

    async get(id) {
      return entries.get(id)?.record;
    },

    async put(record) {
      const entry = entries.get(record.id);
      if (!entry) return;
      entry.record = record;
      noteFinished(record);
    },

    async list(query) {
      const before = query.cursor === undefined ? Number.POSITIVE_INFINITY : readCursor(query.cursor);
      const found = [...entries.values()]
        .reverse()
        .filter((entry) => entry.sequence < before && matches(entry.record, query));
      const page = found.slice(0, query.limit);
      const last = page.at(-1);
      return {
        records: page.map((entry) => entry.record),
        ...(last && found.length > page.length ? { nextCursor: `c${last.sequence}` } : {}),
      };
    },

    async close() {
      entries.clear();
      idByKey.clear();
      finishedIds.clear();
    },
  };
}
