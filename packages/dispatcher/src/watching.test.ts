import { RenderError } from '@renderq/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { createBench, type DispatcherBench } from './__fixtures__/dispatcher-bench.ts';
import { settle } from './__fixtures__/virtual-clock.ts';

let bench: DispatcherBench;
beforeEach(() => {
  bench = createBench();
});

describe('watching', () => {
  const unauthorized = new RenderError({ code: 'UNAUTHENTICATED', message: 'revoked', provider: 'fake' });

  it('keeps the last state when the account may not look, and looks again when asked', async () => {
    const { id } = await bench.submit();
    await settle();
    bench.fake.move('remote-1', { state: 'running', progress: 0.5 });
    bench.fake.lookFault = unauthorized;
    bench.fake.breakWaits(unauthorized);
    await settle();
    expect(await bench.dispatcher.get(id)).toMatchObject({
      state: 'running',
      progress: 0.5,
      watch: { error: { code: 'UNAUTHENTICATED', jobId: id } },
    });
    expect(bench.fake.looks).toHaveLength(1);
    bench.fake.lookFault = undefined;
    const seen = await bench.dispatcher.get(id);
    expect(seen.state).toBe('running');
    expect(seen.watch).toBeUndefined();
    bench.fake.move('remote-1', { state: 'succeeded' });
    expect((await bench.dispatcher.get(id)).state).toBe('succeeded');
  });

  it('shows what holds a look up, without a look of its own and without ending a wait', async () => {
    const { id } = await bench.submit();
    await settle();
    const { record } = new RenderError({ code: 'RATE_LIMITED', message: 'slow down', retryAfterMs: 9000 });
    bench.fake.holdUp(record);
    await settle();
    const watch = { delayed: true, error: { code: 'RATE_LIMITED', retryAfterMs: 9000, jobId: id } };
    expect(await bench.dispatcher.get(id)).toMatchObject({ state: 'queued', watch });
    expect(bench.fake.looks).toHaveLength(0);
    const waiting = bench.dispatcher.waitFor(id, { untilMs: bench.clock.now() + 45_000 });
    await settle();
    bench.fake.move('remote-1', { state: 'succeeded' });
    const job = await waiting;
    expect(job.state).toBe('succeeded');
    expect(job.watch).toBeUndefined();
  });

  it('does not make a caller wait for a job that cannot be looked at', async () => {
    const { id } = await bench.submit();
    await settle();
    bench.fake.lookFault = unauthorized;
    bench.fake.breakWaits(unauthorized);
    await settle();
    const job = await bench.dispatcher.waitFor(id, { untilMs: bench.clock.now() + 45_000 });
    expect(job.watch?.error.code).toBe('UNAUTHENTICATED');
  });

  it('tries again by itself after a fault that may pass, with growing pauses', async () => {
    const { id } = await bench.submit();
    await settle();
    const network = new RenderError({ code: 'NETWORK', message: 'no answer', provider: 'fake' });
    bench.fake.lookFault = network;
    bench.fake.breakWaits(network);
    await bench.clock.advance(5000);
    await bench.clock.advance(9999);
    bench.fake.lookFault = undefined;
    expect(bench.clock.sleepers).toBe(1);
    await bench.clock.advance(1);
    bench.fake.move('remote-1', { state: 'succeeded' });
    await settle();
    expect(bench.fake.looks).toHaveLength(0);
    const job = await bench.dispatcher.get(id);
    expect(job.state).toBe('succeeded');
    expect(job.watch).toBeUndefined();
  });

  it('never pauses less than the provider asked for', async () => {
    const { id } = await bench.submit();
    await settle();
    const limited = new RenderError({ code: 'RATE_LIMITED', message: 'slow', retryAfterMs: 30_000 });
    bench.fake.breakWaits(limited);
    await bench.clock.advance(29_999);
    expect(bench.clock.sleepers).toBe(1);
    await bench.clock.advance(1);
    expect(bench.clock.sleepers).toBe(0);
    expect((await bench.dispatcher.get(id)).state).toBe('queued');
  });

  it('goes on after the end of one wait, without a pause', async () => {
    const { id } = await bench.submit();
    await settle();
    bench.fake.breakWaits(new RenderError({ code: 'WAIT_TIMEOUT', message: 'still running' }));
    await settle();
    bench.fake.move('remote-1', { state: 'succeeded' });
    expect(await bench.dispatcher.get(id)).toMatchObject({ state: 'succeeded' });
  });

  it('takes a fault of the render as the end of the job', async () => {
    const { id } = await bench.submit();
    await settle();
    bench.fake.breakWaits(new RenderError({ code: 'RENDER_FAILED', message: 'exit 1', providerCode: 'RUNNER_ERROR' }));
    await settle();
    expect(await bench.dispatcher.get(id)).toMatchObject({
      state: 'failed',
      error: { code: 'RENDER_FAILED', providerCode: 'RUNNER_ERROR' },
    });
  });

  it('gives a failed job a reason even when the provider gave none', async () => {
    const { id } = await bench.submit();
    await settle();
    bench.fake.move('remote-1', { state: 'failed' });
    expect((await bench.dispatcher.get(id)).error?.code).toBe('RENDER_FAILED');
  });

  it('reads fresh links once the old ones have expired', async () => {
    const { id } = await bench.submit();
    await settle();
    const expiresAt = bench.clock.now() + 1000;
    bench.fake.move('remote-1', { state: 'succeeded', output: { url: 'https://cdn.test/old', files: [], expiresAt } });
    await bench.dispatcher.get(id);
    expect(bench.fake.looks).toHaveLength(0);
    await bench.clock.advance(1000);
    bench.fake.move('remote-1', { output: { url: 'https://cdn.test/new', files: [], expiresAt: expiresAt + 1000 } });
    expect((await bench.dispatcher.get(id)).output?.url).toBe('https://cdn.test/new');
    expect(bench.fake.looks).toEqual(['remote-1']);
  });

  it('tells that a result is gone without taking back that the job had succeeded', async () => {
    const { id } = await bench.submit();
    await settle();
    const expiresAt = bench.clock.now();
    bench.fake.move('remote-1', { state: 'succeeded', output: { url: 'https://cdn.test/a', files: [], expiresAt } });
    await settle();
    const error = new RenderError({ code: 'OUTPUT_EXPIRED', message: 'deleted', providerCode: 'GONE' }).record;
    bench.fake.move('remote-1', { state: 'failed', error });
    const job = await bench.dispatcher.get(id);
    expect(job.state).toBe('succeeded');
    expect(job.error).toBeUndefined();
    expect(job.watch?.error).toMatchObject({ code: 'OUTPUT_EXPIRED', providerCode: 'GONE', jobId: id });
  });

  it('does not let a look that hangs outlast the patience of get or the deadline of waitFor', async () => {
    const { id } = await bench.submit();
    await settle();
    bench.fake.breakWaits(unauthorized);
    await settle();
    bench.fake.holdLooks = true;
    const got = bench.dispatcher.get(id);
    const waited = bench.dispatcher.waitFor(id, { untilMs: bench.clock.now() + 3000 });
    await bench.clock.advance(3000);
    expect((await waited).watch?.error.code).toBe('UNAUTHENTICATED');
    await bench.clock.advance(2000);
    expect((await got).watch?.error.code).toBe('UNAUTHENTICATED');
    expect(bench.fake.looks).toHaveLength(1);
  });

  it('makes one look of many that are asked for at the same time', async () => {
    const { id } = await bench.submit();
    await settle();
    bench.fake.breakWaits(unauthorized);
    await settle();
    await Promise.all([bench.dispatcher.get(id), bench.dispatcher.get(id), bench.dispatcher.get(id)]);
    expect(bench.fake.looks).toEqual(['remote-1']);
  });
});
