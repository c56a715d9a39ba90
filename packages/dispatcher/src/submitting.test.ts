import { RenderError } from '@renderq/core';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  ACCEPTED,
  codeOf,
  createBench,
  type DispatcherBench,
  holdOnWire,
  RATE_LIMITED,
} from './__fixtures__/dispatcher-bench.ts';
import { accept } from './__fixtures__/fake-client.ts';
import { settle } from './__fixtures__/virtual-clock.ts';

let bench: DispatcherBench;
beforeEach(() => {
  bench = createBench();
});

describe('submit', () => {
  it('sends what was asked for, whatever the caller does with the object while it waits', async () => {
    const wire = Promise.withResolvers<void>();
    let sent: unknown;
    bench.fake.onSubmit = async (id, options) => {
      await wire.promise;
      sent = structuredClone(bench.fake.submits[0]?.request);
      return accept(id, options);
    };
    const request = { scenes: [{ title: 'first' }] };
    await bench.submit({ request });
    for (const scene of request.scenes) scene.title = 'second';
    wire.resolve();
    await settle();
    expect(sent).toEqual({ scenes: [{ title: 'first' }] });
  });

  it('refuses a key of half a character, which a store cannot tell from another', async () => {
    const call = bench.submit({ idempotencyKey: 'k\ud800' });
    expect(await codeOf(call)).toEqual({ code: 'INVALID_REQUEST', field: 'idempotencyKey' });
    expect((await bench.submit({ idempotencyKey: 'k\u{1f600}\0' })).state).toBe('submitting');
  });

  it('gives out an id before the provider has answered', async () => {
    holdOnWire(bench.fake);
    const job = await bench.submit({ label: 'intro' });
    expect(job).toMatchObject({ state: 'submitting', label: 'intro', createdAt: '2026-01-01T00:00:00.000Z' });
    expect(job.id).toMatch(/^job_rq[0-9a-hjkmnp-z]{20}$/);
    expect(job.providerJobId).toBeUndefined();
  });

  it('follows an accepted job through its states to its output', async () => {
    const { id } = await bench.submit();
    await settle();
    expect(await bench.dispatcher.get(id)).toMatchObject({
      state: 'queued',
      providerJobId: 'remote-1',
      providerState: 'waiting',
    });
    bench.fake.move('remote-1', { state: 'running', providerState: 'rendering', progress: 0.4 });
    expect(await bench.dispatcher.get(id)).toMatchObject({
      state: 'running',
      providerState: 'rendering',
      progress: 0.4,
    });
    const output = { url: 'https://cdn.test/a.mp4', files: [], expiresAt: bench.clock.now() + 1000 };
    bench.fake.move('remote-1', { state: 'succeeded', providerState: 'done', output });
    expect(await bench.dispatcher.get(id)).toMatchObject({
      state: 'succeeded',
      output: { url: 'https://cdn.test/a.mp4', expiresAt: '2026-01-01T00:00:01.000Z' },
    });
  });

  it('keeps what the provider told only on acceptance', async () => {
    bench.fake.onSubmit = async (id, options) => ({
      ...(await accept(id, options)),
      estimatedCredits: 5,
      creditsRemaining: 995,
    });
    const { id } = await bench.submit();
    await settle();
    bench.fake.replace({ ...ACCEPTED, state: 'succeeded', providerState: 'done' });
    expect(await bench.dispatcher.get(id)).toMatchObject({
      state: 'succeeded',
      estimatedCredits: 5,
      creditsRemaining: 995,
    });
  });

  it('shows a refusal that is being waited out, then the job that was accepted after it', async () => {
    const wire = holdOnWire(bench.fake);
    const { id } = await bench.submit();
    wire
      .options()
      .onQueued?.({ reason: 'rate', error: RATE_LIMITED, nextAttemptAt: bench.clock.now() + 6000, attempts: 1 });
    expect(await bench.dispatcher.get(id)).toMatchObject({
      state: 'queued',
      queue: {
        reason: 'rate',
        nextAttemptAt: '2026-01-01T00:00:06.000Z',
        error: { code: 'RATE_LIMITED', providerCode: 'RATE_LIMIT_EXCEEDED', retryAfterMs: 6000, jobId: id },
      },
    });
    wire.options().onSend?.();
    wire.answer(ACCEPTED);
    await settle();
    const job = await bench.dispatcher.get(id);
    expect(job).toMatchObject({ state: 'queued', providerJobId: 'remote-1' });
    expect(job.queue).toBeUndefined();
  });

  it('makes a refusal that is final the failure of the job, not of the call', async () => {
    bench.fake.onSubmit = async () => {
      throw new RenderError({ code: 'INSUFFICIENT_CREDITS', message: 'broke', required: 5, balance: 1 });
    };
    const { id } = await bench.submit();
    await settle();
    expect(await bench.dispatcher.get(id)).toMatchObject({
      state: 'failed',
      error: { code: 'INSUFFICIENT_CREDITS', required: 5, balance: 1, jobId: id },
    });
  });

  it('turns an unforeseen fault into INTERNAL without its text, and reports it', async () => {
    bench.fake.onSubmit = async () => {
      throw new TypeError('secret detail');
    };
    const { id } = await bench.submit();
    await settle();
    const job = await bench.dispatcher.get(id);
    expect(job.error?.code).toBe('INTERNAL');
    expect(JSON.stringify(job)).not.toContain('secret detail');
    expect(bench.faults).toHaveLength(1);
  });

  it('refuses what the provider would refuse on sight, naming the path from the call', async () => {
    bench.fake.issues = [
      { field: 'scenes.0.duration', message: 'must be a number' },
      { field: '', message: 'is odd' },
    ];
    const fault = await bench.submit().catch((thrown: RenderError) => thrown.record);
    expect(fault).toMatchObject({
      code: 'INVALID_REQUEST',
      field: 'request.scenes.0.duration',
      issues: [{ field: 'request.scenes.0.duration' }, { field: 'request' }],
    });
    expect(bench.fake.submits).toHaveLength(0);
    expect((await bench.dispatcher.list({ limit: 10 })).jobs).toHaveLength(0);
  });

  it('hands on what the account lacks, before it accepts anything', async () => {
    bench.reopen({
      accounts: async () => {
        throw new RenderError({ code: 'UNAUTHENTICATED', message: 'no key' });
      },
    });
    expect(await codeOf(bench.submit())).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect((await bench.dispatcher.list({ limit: 10 })).jobs).toHaveLength(0);
  });

  it('refuses with QUEUE_FULL above its bound, and accepts again when a job has ended', async () => {
    bench.reopen({ maxOpenJobs: 1 });
    await bench.submit();
    expect(await codeOf(bench.submit())).toMatchObject({ code: 'QUEUE_FULL' });
    await settle();
    bench.fake.move('remote-1', { state: 'succeeded' });
    await settle();
    await expect(bench.submit()).resolves.toBeDefined();
  });

  it('hands the queue budget to the client', async () => {
    await bench.submit({ maxQueueMs: 0 });
    expect(bench.fake.submits[0]?.options.maxQueueMs).toBe(0);
  });
});

describe('idempotency', () => {
  it('answers a repeat with the first job and submits once, whatever the order of the keys', async () => {
    const first = await bench.dispatcher.submit({ provider: 'fake', request: { a: 1, b: 2 }, idempotencyKey: 'k' });
    const again = await bench.dispatcher.submit({ provider: 'fake', request: { b: 2, a: 1 }, idempotencyKey: 'k' });
    expect(again.id).toBe(first.id);
    expect(again.deduplicated).toBe(true);
    expect(first.deduplicated).toBeUndefined();
    expect((await bench.dispatcher.get(first.id)).deduplicated).toBeUndefined();
    expect(bench.fake.submits).toHaveLength(1);
  });

  it('answers two simultaneous repeats with one job', async () => {
    const [one, two] = await Promise.all([
      bench.submit({ idempotencyKey: 'k' }),
      bench.submit({ idempotencyKey: 'k' }),
    ]);
    expect(one?.id).toBe(two?.id);
    expect(bench.fake.submits).toHaveLength(1);
  });

  it('answers a repeat even when the queue is full', async () => {
    bench.reopen({ maxOpenJobs: 1 });
    const first = await bench.submit({ idempotencyKey: 'k' });
    expect((await bench.submit({ idempotencyKey: 'k' })).id).toBe(first.id);
  });

  it('refuses another request under the same key', async () => {
    await bench.submit({ idempotencyKey: 'k' });
    expect(await codeOf(bench.submit({ idempotencyKey: 'k', request: { scenes: [] } }))).toEqual({
      code: 'CONFLICT',
      field: 'idempotencyKey',
    });
    expect(bench.fake.submits).toHaveLength(1);
  });

  it('gives the provider the same key for the same call in a fresh process', async () => {
    await bench.submit({ idempotencyKey: 'k' });
    bench.reopen();
    await bench.submit({ idempotencyKey: 'k' });
    const [one, two] = bench.fake.submits.map(({ options }) => options.idempotencyKey);
    expect(one).toBe(two);
    expect(one).not.toBe('k');
  });

  it('gives the provider a new key for each job without a caller key', async () => {
    await bench.submit();
    await bench.submit();
    const [one, two] = bench.fake.submits.map(({ options }) => options.idempotencyKey);
    expect(one).toBeDefined();
    expect(one).not.toBe(two);
  });

  it('marks a job that the provider recognised', async () => {
    bench.fake.onSubmit = async (id, options) => ({ ...(await accept(id, options)), replayed: true });
    const { id } = await bench.submit();
    await settle();
    expect((await bench.dispatcher.get(id)).deduplicated).toBe(true);
  });
});
