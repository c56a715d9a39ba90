import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RenderError } from '@renderq/core';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JobRecord } from './job-record.ts';
import type { InsertRules, JobStore } from './job-store.ts';
import { createMemoryStore } from './memory-store.ts';
import { createSqliteStore } from './sqlite-store.ts';

const RULES: InsertRules = { repeatsSince: 1, maxOpen: 1000 };

function record(id: string, more: Partial<JobRecord> = {}): JobRecord {
  return {
    id,
    principal: 'local',
    provider: 'fake',
    account: 'fake-account',
    request: { of: id },
    fingerprint: `print of ${id}`,
    providerKey: `rq_${id}`,
    createdAt: 1,
    updatedAt: 1,
    state: 'queued',
    ...more,
  };
}

const remote = (id: string) => ({ provider: 'fake', id, state: 'running', providerState: 'rendering' }) as const;

const ERROR = new RenderError({ code: 'SUBMIT_OUTCOME_UNKNOWN', message: 'lost' }).record;
const IN_DOUBT = { state: 'failed', error: ERROR, doubt: { sentAt: 1, lost: 'process' } } as const;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'renderq-store-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What any store promises, whoever else uses it. */
describe.each([
  ['the memory store', () => createMemoryStore()],
  ['the SQLite store', () => createSqliteStore({ folder })],
] as const)('%s', (_name, open) => {
  let store: JobStore;
  beforeEach(() => {
    store = open();
    store.takeAccount('fake-account', 'fake', false);
  });
  afterEach(() => store.close());

  it('gives back what it was given, and what replaced it', () => {
    store.insert(record('a', { label: 'intro' }), RULES);
    expect(store.get('a')).toMatchObject({ id: 'a', label: 'intro', state: 'queued' });
    expect(store.put(record('a', { state: 'running', remote: remote('r') }), true)).toBe(true);
    expect(store.get('a')).toMatchObject({ state: 'running', remote: { id: 'r' } });
    expect(store.get('b')).toBeUndefined();
  });

  it('gives a key to one job of each principal and account', () => {
    const key = { idempotencyKey: 'k' };
    expect(store.insert(record('a', key), RULES)).toEqual({ outcome: 'inserted', isMine: true });
    expect(store.insert(record('b', key), RULES)).toMatchObject({ outcome: 'held', record: { id: 'a' } });
    expect(store.insert(record('c', { ...key, principal: 'ann' }), RULES).outcome).toBe('inserted');
    expect(store.insert(record('d', { ...key, account: 'other' }), RULES).outcome).toBe('inserted');
    expect(store.findByKey('ann', 'fake-account', 'k')?.id).toBe('c');
    expect(store.findByKey('bob', 'fake-account', 'k')).toBeUndefined();
    expect(store.get('b')).toBeUndefined();
  });

  it('meets an equal job without a key with the one before, unless that is old, failed or called back', () => {
    const same = { fingerprint: 'same' };
    const insert = (id: string, rules = RULES) => store.insert(record(id, same), rules).outcome;
    expect(insert('a')).toBe('inserted');
    expect(insert('b')).toBe('repeat');
    expect(insert('c', { ...RULES, repeatsSince: 2 })).toBe('inserted');
    for (const [id, state] of [
      ['a', 'failed'],
      ['c', 'cancelled'],
    ] as const)
      store.put(record(id, { ...same, state }), true);
    expect(insert('d')).toBe('inserted');
    store.put(record('d', { ...same, ...IN_DOUBT }), true);
    expect(insert('e')).toBe('repeat');
    expect(store.insert(record('f', { ...same, account: 'other' }), RULES).outcome).toBe('inserted');
  });

  it('takes no more open jobs than it may hold', () => {
    const rules = { ...RULES, maxOpen: 2 };
    expect(store.insert(record('a'), rules).outcome).toBe('inserted');
    expect(store.insert(record('b'), rules).outcome).toBe('inserted');
    expect(store.insert(record('c'), rules).outcome).toBe('full');
    store.put(record('a', { state: 'succeeded' }), true);
    expect(store.insert(record('c'), rules).outcome).toBe('inserted');
  });

  it('changes nothing in how a job has ended', () => {
    store.insert(record('a'), RULES);
    store.put(record('a', { state: 'succeeded' }), true);
    expect(store.put(record('a', { state: 'running' }), true)).toBe(false);
    expect(store.put(record('a', { state: 'succeeded', label: 'renewed' }), false)).toBe(true);
    expect(store.get('a')).toMatchObject({ state: 'succeeded', label: 'renewed' });
  });

  it('opens only a job in doubt again, and never with the job of another', () => {
    for (const id of ['a', 'b', 'c']) store.insert(record(id), RULES);
    store.put(record('a', { state: 'running', remote: remote('r') }), true);
    store.put(record('b', IN_DOUBT), true);
    expect(store.reopen(record('a'))).toBe('changed');
    expect(store.reopen(record('b', { state: 'running', remote: remote('r') }))).toBe('taken');
    expect(store.jobOfRemote('fake-account', 'r')).toBe('a');
    expect(store.reopen(record('b'))).toBe('reopened');
    expect(store.reopen(record('b'))).toBe('changed');
    const taken = store.takeJobs('fake-account');
    expect(taken.map(({ id, request }) => [id, request])).toEqual([['b', { of: 'b' }]]);
    expect(store.takeJobs('fake-account')).toEqual([]);
  });

  it('remembers the jobs of an account and what was learned of it', () => {
    for (const id of ['a', 'b', 'c']) store.insert(record(id), RULES);
    store.put(record('a', { state: 'succeeded', remote: remote('ra') }), true);
    store.put(record('b', { state: 'running', remote: remote('rb'), acceptedAt: 7 }), true);
    store.put(record('c', { state: 'submitting', sentAt: 9 }), true);
    store.keepEvidence('fake-account', { listLagMs: 12 });
    expect(store.memoryOf('fake-account')).toEqual({
      jobIds: ['ra', 'rb'],
      openJobs: [{ id: 'rb', acceptedAt: 7 }],
      evidence: { listLagMs: 12 },
    });
    expect(store.doubtsOf('fake-account', 5)).toEqual([9]);
    expect(store.doubtsOf('fake-account', 10)).toEqual([]);
  });

  it('lists a principal its own jobs, newest first, within a filter', () => {
    for (const id of ['a', 'b', 'c', 'd']) store.insert(record(id), RULES);
    store.insert(record('e', { principal: 'ann' }), RULES);
    store.insert(record('f', { provider: 'other' }), RULES);
    store.put(record('c', { state: 'succeeded' }), true);
    const ids = (query: Parameters<JobStore['list']>[1]) => store.list('local', query).records.map(({ id }) => id);
    expect(ids({ limit: 9 })).toEqual(['f', 'd', 'c', 'b', 'a']);
    expect(ids({ limit: 9, provider: 'fake', state: 'queued' })).toEqual(['d', 'b', 'a']);
    expect(ids({ limit: 9, state: 'succeeded' })).toEqual(['c']);
    expect(store.list('ann', { limit: 9 }).records.map(({ id }) => id)).toEqual(['e']);
  });

  it('shows every job exactly once over its pages, whatever the page size', () => {
    for (let at = 0; at < 23; at += 1) store.insert(record(`job-${at}`), RULES);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), (limit) => {
        const seen: string[] = [];
        let cursor: string | undefined;
        do {
          const page = store.list('local', { limit, ...(cursor === undefined ? {} : { cursor }) });
          seen.push(...page.records.map(({ id }) => id));
          cursor = page.nextCursor;
        } while (cursor !== undefined);
        expect(seen).toEqual(Array.from({ length: 23 }, (_, at) => `job-${22 - at}`));
      }),
    );
  });

  it('refuses any cursor that it did not give out', () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => !/^c[1-9]\d{0,15}$/.test(text)),
        (cursor) => {
          try {
            store.list('local', { limit: 1, cursor });
            expect.unreachable();
          } catch (fault) {
            expect(RenderError.isInstance(fault) && fault.record.field).toBe('cursor');
          }
        },
      ),
    );
  });
});
