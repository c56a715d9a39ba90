import { RenderError } from '@renderq/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JobRecord } from './job-record.ts';
import type { JobState } from './job-state.ts';
import { createMemoryStore } from './memory-store.ts';

const record = (id: string, state: JobState = 'queued', idempotencyKey?: string): JobRecord => ({
  id,
  provider: 'fake',
  request: {},
  fingerprint: 'f',
  providerKey: 'p',
  createdAt: 0,
  updatedAt: 0,
  state,
  ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
});

describe('createMemoryStore', () => {
  it('forgets the job that finished first when it holds more finished jobs than it may', async () => {
    const store = createMemoryStore({ keepFinished: 2 });
    for (const id of ['a', 'b', 'c', 'open']) await store.insert(record(id));
    for (const id of ['b', 'a', 'c']) await store.put(record(id, 'succeeded'));
    expect(await store.get('b')).toBeUndefined();
    expect(await store.get('a')).toBeDefined();
    expect(await store.get('open')).toBeDefined();
  });

  it('frees the key of a job that it forgets', async () => {
    const store = createMemoryStore({ keepFinished: 0 });
    await store.insert(record('a', 'queued', 'k'));
    expect(await store.insert(record('b', 'queued', 'k'))).toMatchObject({ inserted: false, record: { id: 'a' } });
    await store.put(record('a', 'failed', 'k'));
    expect(await store.findByKey('fake', 'k')).toBeUndefined();
    expect(await store.insert(record('b', 'queued', 'k'))).toMatchObject({ inserted: true });
  });

  it('keeps the same key of two providers apart', async () => {
    const store = createMemoryStore();
    await store.insert(record('a', 'queued', 'k'));
    expect(await store.insert({ ...record('b', 'queued', 'k'), provider: 'other' })).toMatchObject({ inserted: true });
  });

  it('does not bring a forgotten job back', async () => {
    const store = createMemoryStore({ keepFinished: 0 });
    await store.insert(record('a'));
    await store.put(record('a', 'succeeded'));
    await store.put(record('a', 'succeeded'));
    expect((await store.list({ limit: 10 })).records).toEqual([]);
  });

  it('refuses any cursor that it did not give out', async () => {
    const store = createMemoryStore();
    await fc.assert(
      fc.asyncProperty(
        fc.string().filter((text) => !/^c[1-9]\d{0,15}$/.test(text)),
        async (cursor) => {
          const fault = await store.list({ limit: 1, cursor }).catch((thrown: unknown) => thrown);
          expect(RenderError.isInstance(fault) && fault.record.field).toBe('cursor');
        },
      ),
    );
  });

  it('shows every job exactly once over its pages, whatever the page size', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 1, max: 10 }), async (count, limit) => {
        const store = createMemoryStore();
        for (let i = 0; i < count; i += 1) await store.insert(record(`job-${i}`));
        const seen: string[] = [];
        let cursor: string | undefined;
        do {
          const page = await store.list({ limit, ...(cursor === undefined ? {} : { cursor }) });
          seen.push(...page.records.map(({ id }) => id));
          cursor = page.nextCursor;
        } while (cursor !== undefined);
        expect(seen).toEqual(Array.from({ length: count }, (_, i) => `job-${count - 1 - i}`));
      }),
    );
  });
});
