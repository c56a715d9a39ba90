import { beforeEach, describe, expect, it } from 'vitest';
import {
  codeOf,
  createBench,
  type DispatcherBench,
  holdOnWire,
  RATE_LIMITED,
} from './__fixtures__/dispatcher-bench.ts';
import { settle } from './__fixtures__/virtual-clock.ts';

let bench: DispatcherBench;
beforeEach(() => {
  bench = createBench();
});

describe('waitFor', () => {
  it('answers when the job ends, telling what it is and each change on the way', async () => {
    const { id } = await bench.submit();
    await settle();
    const seen: string[] = [];
    const waited = bench.dispatcher.waitFor(id, {
      untilMs: bench.clock.now() + 45_000,
      onChange: (job) => seen.push(job.state),
    });
    await settle();
    bench.fake.move('remote-1', { state: 'running' });
    bench.fake.move('remote-1', { state: 'succeeded' });
    expect((await waited).state).toBe('succeeded');
    expect(seen).toEqual(['queued', 'running', 'succeeded']);
    expect(bench.clock.sleepers).toBe(0);
  });

  it('answers with the job as it is at the deadline', async () => {
    const { id } = await bench.submit();
    const waited = bench.dispatcher.waitFor(id, { untilMs: bench.clock.now() + 5000 });
    await bench.clock.advance(4999);
    let done = false;
    waited.then(() => {
      done = true;
    });
    await settle();
    expect(done).toBe(false);
    await bench.clock.advance(1);
    expect((await waited).state).toBe('queued');
  });

  it('ends when the caller gives up, and leaves the job alone', async () => {
    const { id } = await bench.submit();
    const caller = new AbortController();
    const waited = bench.dispatcher.waitFor(id, { untilMs: bench.clock.now() + 5000, signal: caller.signal });
    await settle();
    caller.abort();
    expect((await waited).state).toBe('queued');
    bench.fake.move('remote-1', { state: 'succeeded' });
    expect((await bench.dispatcher.get(id)).state).toBe('succeeded');
    expect(bench.fake.cancels).toEqual([]);
  });

  it('answers at once for a job that has ended', async () => {
    const { id } = await bench.submit();
    await settle();
    bench.fake.move('remote-1', { state: 'succeeded' });
    expect((await bench.dispatcher.waitFor(id, { untilMs: bench.clock.now() + 5000 })).state).toBe('succeeded');
  });

  it('waits for another condition when it is given one', async () => {
    const wire = holdOnWire(bench.fake);
    const { id } = await bench.submit();
    const waited = bench.dispatcher.waitFor(id, {
      untilMs: bench.clock.now() + 1500,
      until: (job) => job.queue?.error !== undefined,
    });
    await settle();
    wire.options().onQueued?.({ reason: 'rate', error: RATE_LIMITED, attempts: 1 });
    expect((await waited).queue?.error?.code).toBe('RATE_LIMITED');
  });

  it('does not know a job that nobody submitted', async () => {
    expect(await codeOf(bench.dispatcher.waitFor('job_rqnone', { untilMs: 0 }))).toEqual({
      code: 'NOT_FOUND',
      field: 'jobId',
    });
    expect(await codeOf(bench.dispatcher.get('job_rqnone'))).toEqual({ code: 'NOT_FOUND', field: 'jobId' });
  });
});

describe('list, subscribe and close', () => {
  it('lists newest first, page by page, within a filter', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 5; i += 1) ids.unshift((await bench.submit()).id);
    await settle();
    bench.fake.move('remote-3', { state: 'succeeded' });
    const first = await bench.dispatcher.list({ state: 'queued', limit: 3 });
    expect(first.jobs.map(({ id }) => id)).toEqual([ids[0], ids[1], ids[3]]);
    const cursor = first.nextCursor ?? '';
    const second = await bench.dispatcher.list({ state: 'queued', limit: 3, cursor });
    expect(second.jobs.map(({ id }) => id)).toEqual([ids[4]]);
    expect(second.nextCursor).toBeUndefined();
  });

  it('tells subscribers of every change until they leave, and survives one that throws', async () => {
    const seen: string[] = [];
    bench.dispatcher.subscribe(() => {
      throw new Error('listener');
    });
    const leave = bench.dispatcher.subscribe((job) => seen.push(job.state));
    await bench.submit();
    await settle();
    leave();
    bench.fake.move('remote-1', { state: 'running' });
    expect(seen).toEqual(['submitting', 'queued']);
    expect(bench.faults.length).toBeGreaterThan(0);
  });

  it('ends waits when it closes, and changes no job any more', async () => {
    const { id } = await bench.submit();
    await settle();
    const seen: string[] = [];
    bench.dispatcher.subscribe((job) => seen.push(job.state));
    const waited = bench.dispatcher.waitFor(id, { untilMs: bench.clock.now() + 45_000 });
    await settle();
    await bench.dispatcher.close();
    expect((await waited).state).toBe('queued');
    bench.fake.move('remote-1', { state: 'succeeded' });
    await settle();
    expect(seen).toEqual([]);
  });
});
