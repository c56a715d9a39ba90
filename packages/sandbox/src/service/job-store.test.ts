import { describe, expect, it } from 'vitest';
import type { NewJob } from './job.ts';
import { createJobStore } from './job-store.ts';

const fields = (id: string, accountId = 'acc_1'): NewJob => ({
  id,
  accountId,
  provider: 'phantomflow',
  type: 'movie',
  task: { kind: 'movie', movie: {} },
  timeoutMs: 1000,
  wire: undefined,
});

describe('job store', () => {
  it('makes room by forgetting the oldest ended job, never one that still runs', () => {
    const removed: string[] = [];
    const store = createJobStore({ keptJobs: 3, onRemoved: ({ id }) => removed.push(id) });
    for (const id of ['a', 'b', 'c']) store.insert(fields(id), 0);
    store.update('b', { state: 'complete' });
    store.update('c', { state: 'failed' });
    store.insert(fields('d'), 0);
    expect(removed).toEqual(['b']);
    store.insert(fields('e'), 0);
    store.insert(fields('f'), 0);
    expect(removed).toEqual(['b', 'c']);
    expect(store.all().map(({ id }) => id)).toEqual(['a', 'd', 'e', 'f']);
  });

  it('counts waiting and active jobs of one account', () => {
    const store = createJobStore();
    for (const id of ['a', 'b', 'c']) store.insert(fields(id), 0);
    store.insert(fields('x', 'acc_2'), 0);
    store.update('a', { state: 'dispatched' });
    store.update('b', { state: 'running' });
    expect(store.counts('acc_1')).toEqual({ waiting: 1, active: 2 });
    store.update('b', { state: 'cancelled' });
    expect(store.counts('acc_1')).toEqual({ waiting: 1, active: 1 });
    expect(store.counts('acc_2')).toEqual({ waiting: 1, active: 0 });
    expect(store.counts('acc_3')).toEqual({ waiting: 0, active: 0 });
  });

  it('gives out records that later changes do not touch', () => {
    const store = createJobStore();
    const before = store.insert(fields('a'), 0);
    store.update('a', { state: 'running', progress: 0.5 });
    expect([before.state, before.progress]).toEqual(['waiting', 0]);
    expect(() => store.insert(fields('a'), 0)).toThrow('exists already');
    expect(() => store.update('z', {})).toThrow('no job');
  });
});
