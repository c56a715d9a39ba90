import { describe, expect, it } from 'vitest';
import type { JobRecord } from './job-record.ts';
import type { JobState } from './job-state.ts';
import type { InsertRules } from './job-store.ts';
import { createMemoryStore } from './memory-store.ts';

const RULES: InsertRules = { repeatsSince: Number.POSITIVE_INFINITY, maxOpen: 1000 };

const record = (id: string, state: JobState = 'queued', idempotencyKey?: string): JobRecord => ({
  id,
  principal: 'local',
  provider: 'fake',
  account: 'fake-account',
  request: {},
  fingerprint: 'f',
  providerKey: 'p',
  createdAt: 0,
  updatedAt: 0,
  state,
  ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
});

describe('createMemoryStore', () => {
  it('forgets the job that finished first when it holds more finished jobs than it may', () => {
    const store = createMemoryStore({ keepFinished: 2 });
    for (const id of ['a', 'b', 'c', 'open']) store.insert(record(id), RULES);
    for (const id of ['b', 'a', 'c']) store.put(record(id, 'succeeded'), true);
    expect(store.get('b')).toBeUndefined();
    expect(store.get('a')).toBeDefined();
    expect(store.get('open')).toBeDefined();
  });

  it('frees the key of a job that it forgets', () => {
    const store = createMemoryStore({ keepFinished: 0 });
    store.insert(record('a', 'queued', 'k'), RULES);
    expect(store.insert(record('b', 'queued', 'k'), RULES)).toMatchObject({ outcome: 'held', record: { id: 'a' } });
    store.put(record('a', 'failed', 'k'), true);
    expect(store.findByKey('local', 'fake-account', 'k')).toBeUndefined();
    expect(store.insert(record('b', 'queued', 'k'), RULES)).toMatchObject({ outcome: 'inserted' });
  });

  it('does not bring a forgotten job back', () => {
    const store = createMemoryStore({ keepFinished: 0 });
    store.insert(record('a'), RULES);
    store.put(record('a', 'succeeded'), true);
    store.put(record('a', 'succeeded'), true);
    expect(store.list('local', { limit: 10 }).records).toEqual([]);
  });
});
