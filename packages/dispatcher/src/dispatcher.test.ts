import { type JobSnapshot, RenderError } from '@renderq/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { accept, createFakeClient, type FakeClient } from './__fixtures__/fake-client.ts';
import { createVirtualClock, settle, type VirtualClock } from './__fixtures__/virtual-clock.ts';
import { createDispatcher, type Dispatcher, type DispatcherOptions } from './dispatcher.ts';
import type { Job } from './job.ts';
import { createMemoryStore } from './memory-store.ts';

const REQUEST = { scenes: [{ duration: 1 }] };
const RATE_LIMITED = new RenderError({
  code: 'RATE_LIMITED',
  message: 'slow down',
  provider: 'fake',
  providerCode: 'RATE_LIMIT_EXCEEDED',
  retryAfterMs: 6000,
}).record;

let fake: FakeClient;
let clock: VirtualClock;
let dispatcher: Dispatcher;
let faults: unknown[];

const create = (options: Partial<DispatcherOptions> = {}): Dispatcher =>
  createDispatcher({
    clients: async () => fake.client,
    store: createMemoryStore(),
    clock,
    random: () => 1,
    onFault: (fault) => faults.push(fault),
    ...options,
  });

const submit = (extra: object = {}): Promise<Job> =>
  dispatcher.submit({ provider: 'fake', request: REQUEST, ...extra });

const codeOf = async (promise: Promise<unknown>): Promise<unknown> => {
  const fault = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!RenderError.isInstance(fault)) throw new Error('expected a RenderError');
  return { code: fault.code, field: fault.record.field };
};

/** Holds a submit on the wire until the test answers it. */
function holdOnWire(): { answer(result: JobSnapshot | Error): void; options(): Parameters<typeof accept>[1] } {
  let settleSubmit: { resolve(job: JobSnapshot): void; reject(fault: unknown): void } | undefined;
  let seen: Parameters<typeof accept>[1] | undefined;
  fake.onSubmit = (_id, options) => {
    seen = options;
    options.onSend?.();
    return new Promise((resolve, reject) => {
      settleSubmit = { resolve, reject };
      options.signal?.addEventListener('abort', () => reject(options.signal?.reason), { once: true });
    });
  };
  return {
    answer: (result) => (result instanceof Error ? settleSubmit?.reject(result) : settleSubmit?.resolve(result)),
    options: () => {
      if (!seen) throw new Error('nothing was submitted');
      return seen;
    },
  };
}

const accepted: JobSnapshot = { provider: 'fake', id: 'remote-1', state: 'queued', providerState: 'waiting' };

beforeEach(() => {
  fake = createFakeClient();
  clock = createVirtualClock();
  faults = [];
  dispatcher = create();
});

describe('submit', () => {
  it('gives out an id before the provider has answered', async () => {
    holdOnWire();
    const job = await submit({ label: 'intro' });
    expect(job).toMatchObject({ state: 'submitting', label: 'intro', createdAt: '2026-01-01T00:00:00.000Z' });
    expect(job.id).toMatch(/^job_rq[0-9a-hjkmnp-z]{20}$/);
    expect(job.providerJobId).toBeUndefined();
  });

  it('follows an accepted job through its states to its output', async () => {
    const { id } = await submit();
    await settle();
    expect(await dispatcher.get(id)).toMatchObject({
      state: 'queued',
      providerJobId: 'remote-1',
      providerState: 'waiting',
    });
    fake.move('remote-1', { state: 'running', providerState: 'rendering', progress: 0.4 });
    expect(await dispatcher.get(id)).toMatchObject({ state: 'running', providerState: 'rendering', progress: 0.4 });
    const output = { url: 'https://cdn.test/a.mp4', files: [], expiresAt: clock.now() + 1000 };
    fake.move('remote-1', { state: 'succeeded', providerState: 'done', output });
    expect(await dispatcher.get(id)).toMatchObject({
      state: 'succeeded',
      output: { url: 'https://cdn.test/a.mp4', expiresAt: '2026-01-01T00:00:01.000Z' },
    });
  });

  it('keeps what the provider told only on acceptance', async () => {
    fake.onSubmit = async (id, options) => ({
      ...(await accept(id, options)),
      estimatedCredits: 5,
      creditsRemaining: 995,
    });
    const { id } = await submit();
    await settle();
    fake.replace({ ...accepted, state: 'succeeded', providerState: 'done' });
    expect(await dispatcher.get(id)).toMatchObject({ state: 'succeeded', estimatedCredits: 5, creditsRemaining: 995 });
  });

  it('shows a refusal that is being waited out, then the job that was accepted after it', async () => {
    const wire = holdOnWire();
    const { id } = await submit();
    wire.options().onQueued?.({ reason: 'rate', error: RATE_LIMITED, nextAttemptAt: clock.now() + 6000, attempts: 1 });
    expect(await dispatcher.get(id)).toMatchObject({
      state: 'queued',
      queue: {
        reason: 'rate',
        nextAttemptAt: '2026-01-01T00:00:06.000Z',
        error: { code: 'RATE_LIMITED', providerCode: 'RATE_LIMIT_EXCEEDED', retryAfterMs: 6000, jobId: id },
      },
    });
    wire.options().onSend?.();
    wire.answer(accepted);
    await settle();
    const job = await dispatcher.get(id);
    expect(job).toMatchObject({ state: 'queued', providerJobId: 'remote-1' });
    expect(job.queue).toBeUndefined();
  });

  it('makes a refusal that is final the failure of the job, not of the call', async () => {
    fake.onSubmit = async () => {
      throw new RenderError({ code: 'INSUFFICIENT_CREDITS', message: 'broke', required: 5, balance: 1 });
    };
    const { id } = await submit();
    await settle();
    expect(await dispatcher.get(id)).toMatchObject({
      state: 'failed',
      error: { code: 'INSUFFICIENT_CREDITS', required: 5, balance: 1, jobId: id },
    });
  });

  it('turns an unforeseen fault into INTERNAL without its text, and reports it', async () => {
    fake.onSubmit = async () => {
      throw new TypeError('secret detail');
    };
    const { id } = await submit();
    await settle();
    const job = await dispatcher.get(id);
    expect(job.error?.code).toBe('INTERNAL');
    expect(JSON.stringify(job)).not.toContain('secret detail');
    expect(faults).toHaveLength(1);
  });

  it('refuses what the provider would refuse on sight, naming the path from the call', async () => {
    fake.issues = [
      { field: 'scenes.0.duration', message: 'must be a number' },
      { field: '', message: 'is odd' },
    ];
    const fault = await submit().catch((thrown: RenderError) => thrown.record);
    expect(fault).toMatchObject({
      code: 'INVALID_REQUEST',
      field: 'request.scenes.0.duration',
      issues: [{ field: 'request.scenes.0.duration' }, { field: 'request' }],
    });
    expect(fake.submits).toHaveLength(0);
    expect((await dispatcher.list({ limit: 10 })).jobs).toHaveLength(0);
  });

  it('hands on what the account lacks, before it accepts anything', async () => {
    dispatcher = create({
      clients: async () => {
        throw new RenderError({ code: 'UNAUTHENTICATED', message: 'no key' });
      },
    });
    expect(await codeOf(submit())).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect((await dispatcher.list({ limit: 10 })).jobs).toHaveLength(0);
  });

  it('refuses with QUEUE_FULL above its bound, and accepts again when a job has ended', async () => {
    dispatcher = create({ maxOpenJobs: 1 });
    await submit();
    expect(await codeOf(submit())).toMatchObject({ code: 'QUEUE_FULL' });
    await settle();
    fake.move('remote-1', { state: 'succeeded' });
    await settle();
    await expect(submit()).resolves.toBeDefined();
  });

  it('hands the queue budget to the client', async () => {
    await submit({ maxQueueMs: 0 });
    expect(fake.submits[0]?.options.maxQueueMs).toBe(0);
  });
});

describe('idempotency', () => {
  it('answers a repeat with the first job and submits once, whatever the order of the keys', async () => {
    const first = await dispatcher.submit({ provider: 'fake', request: { a: 1, b: 2 }, idempotencyKey: 'k' });
    const again = await dispatcher.submit({ provider: 'fake', request: { b: 2, a: 1 }, idempotencyKey: 'k' });
    expect(again.id).toBe(first.id);
    expect(again.deduplicated).toBe(true);
    expect(first.deduplicated).toBeUndefined();
    expect((await dispatcher.get(first.id)).deduplicated).toBeUndefined();
    expect(fake.submits).toHaveLength(1);
  });

  it('answers two simultaneous repeats with one job', async () => {
    const [one, two] = await Promise.all([submit({ idempotencyKey: 'k' }), submit({ idempotencyKey: 'k' })]);
    expect(one?.id).toBe(two?.id);
    expect(fake.submits).toHaveLength(1);
  });

  it('answers a repeat even when the queue is full', async () => {
    dispatcher = create({ maxOpenJobs: 1 });
    const first = await submit({ idempotencyKey: 'k' });
    expect((await submit({ idempotencyKey: 'k' })).id).toBe(first.id);
  });

  it('refuses another request under the same key', async () => {
    await submit({ idempotencyKey: 'k' });
    expect(await codeOf(submit({ idempotencyKey: 'k', request: { scenes: [] } }))).toEqual({
      code: 'CONFLICT',
      field: 'idempotencyKey',
    });
    expect(fake.submits).toHaveLength(1);
  });

  it('gives the provider the same key for the same call in a fresh process', async () => {
    await submit({ idempotencyKey: 'k' });
    dispatcher = create();
    await submit({ idempotencyKey: 'k' });
    const [one, two] = fake.submits.map(({ options }) => options.idempotencyKey);
    expect(one).toBe(two);
    expect(one).not.toBe('k');
  });

  it('gives the provider a new key for each job without a caller key', async () => {
    await submit();
    await submit();
    const [one, two] = fake.submits.map(({ options }) => options.idempotencyKey);
    expect(one).toBeDefined();
    expect(one).not.toBe(two);
  });

  it('marks a job that the provider recognised', async () => {
    fake.onSubmit = async (id, options) => ({ ...(await accept(id, options)), replayed: true });
    const { id } = await submit();
    await settle();
    expect((await dispatcher.get(id)).deduplicated).toBe(true);
  });
});

describe('waitFor', () => {
  it('answers when the job ends, telling what it is and each change on the way', async () => {
    const { id } = await submit();
    await settle();
    const seen: string[] = [];
    const waited = dispatcher.waitFor(id, { untilMs: clock.now() + 45_000, onChange: (job) => seen.push(job.state) });
    await settle();
    fake.move('remote-1', { state: 'running' });
    fake.move('remote-1', { state: 'succeeded' });
    expect((await waited).state).toBe('succeeded');
    expect(seen).toEqual(['queued', 'running', 'succeeded']);
    expect(clock.sleepers).toBe(0);
  });

  it('answers with the job as it is at the deadline', async () => {
    const { id } = await submit();
    const waited = dispatcher.waitFor(id, { untilMs: clock.now() + 5000 });
    await clock.advance(4999);
    let done = false;
    waited.then(() => {
      done = true;
    });
    await settle();
    expect(done).toBe(false);
    await clock.advance(1);
    expect((await waited).state).toBe('queued');
  });

  it('ends when the caller gives up, and leaves the job alone', async () => {
    const { id } = await submit();
    const caller = new AbortController();
    const waited = dispatcher.waitFor(id, { untilMs: clock.now() + 5000, signal: caller.signal });
    await settle();
    caller.abort();
    expect((await waited).state).toBe('queued');
    fake.move('remote-1', { state: 'succeeded' });
    expect((await dispatcher.get(id)).state).toBe('succeeded');
    expect(fake.cancels).toEqual([]);
  });

  it('answers at once for a job that has ended', async () => {
    const { id } = await submit();
    await settle();
    fake.move('remote-1', { state: 'succeeded' });
    expect((await dispatcher.waitFor(id, { untilMs: clock.now() + 5000 })).state).toBe('succeeded');
  });

  it('waits for another condition when it is given one', async () => {
    const wire = holdOnWire();
    const { id } = await submit();
    const waited = dispatcher.waitFor(id, {
      untilMs: clock.now() + 1500,
      until: (job) => job.queue?.error !== undefined,
    });
    await settle();
    wire.options().onQueued?.({ reason: 'rate', error: RATE_LIMITED, attempts: 1 });
    expect((await waited).queue?.error?.code).toBe('RATE_LIMITED');
  });

  it('does not know a job that nobody submitted', async () => {
    expect(await codeOf(dispatcher.waitFor('job_rqnone', { untilMs: 0 }))).toEqual({
      code: 'NOT_FOUND',
      field: 'jobId',
    });
    expect(await codeOf(dispatcher.get('job_rqnone'))).toEqual({ code: 'NOT_FOUND', field: 'jobId' });
  });
});

describe('watching', () => {
  const unauthorized = new RenderError({ code: 'UNAUTHENTICATED', message: 'revoked', provider: 'fake' });

  it('keeps the last state when the account may not look, and looks again when asked', async () => {
    const { id } = await submit();
    await settle();
    fake.move('remote-1', { state: 'running', progress: 0.5 });
    fake.lookFault = unauthorized;
    fake.breakWaits(unauthorized);
    await settle();
    expect(await dispatcher.get(id)).toMatchObject({
      state: 'running',
      progress: 0.5,
      watch: { error: { code: 'UNAUTHENTICATED', jobId: id } },
    });
    expect(fake.looks).toHaveLength(1);
    fake.lookFault = undefined;
    const seen = await dispatcher.get(id);
    expect(seen.state).toBe('running');
    expect(seen.watch).toBeUndefined();
    fake.move('remote-1', { state: 'succeeded' });
    expect((await dispatcher.get(id)).state).toBe('succeeded');
  });

  it('does not make a caller wait for a job that cannot be looked at', async () => {
    const { id } = await submit();
    await settle();
    fake.lookFault = unauthorized;
    fake.breakWaits(unauthorized);
    await settle();
    const job = await dispatcher.waitFor(id, { untilMs: clock.now() + 45_000 });
    expect(job.watch?.error.code).toBe('UNAUTHENTICATED');
  });

  it('tries again by itself after a fault that may pass, with growing pauses', async () => {
    const { id } = await submit();
    await settle();
    const network = new RenderError({ code: 'NETWORK', message: 'no answer', provider: 'fake' });
    fake.lookFault = network;
    fake.breakWaits(network);
    await clock.advance(5000);
    await clock.advance(9999);
    fake.lookFault = undefined;
    expect(clock.sleepers).toBe(1);
    await clock.advance(1);
    fake.move('remote-1', { state: 'succeeded' });
    await settle();
    expect(fake.looks).toHaveLength(0);
    const job = await dispatcher.get(id);
    expect(job.state).toBe('succeeded');
    expect(job.watch).toBeUndefined();
  });

  it('never pauses less than the provider asked for', async () => {
    const { id } = await submit();
    await settle();
    const limited = new RenderError({ code: 'RATE_LIMITED', message: 'slow', retryAfterMs: 30_000 });
    fake.breakWaits(limited);
    await clock.advance(29_999);
    expect(clock.sleepers).toBe(1);
    await clock.advance(1);
    expect(clock.sleepers).toBe(0);
    expect((await dispatcher.get(id)).state).toBe('queued');
  });

  it('goes on after the end of one wait, without a pause', async () => {
    const { id } = await submit();
    await settle();
    fake.breakWaits(new RenderError({ code: 'WAIT_TIMEOUT', message: 'still running' }));
    await settle();
    fake.move('remote-1', { state: 'succeeded' });
    expect(await dispatcher.get(id)).toMatchObject({ state: 'succeeded' });
  });

  it('takes a fault of the render as the end of the job', async () => {
    const { id } = await submit();
    await settle();
    fake.breakWaits(new RenderError({ code: 'RENDER_FAILED', message: 'exit 1', providerCode: 'RUNNER_ERROR' }));
    await settle();
    expect(await dispatcher.get(id)).toMatchObject({
      state: 'failed',
      error: { code: 'RENDER_FAILED', providerCode: 'RUNNER_ERROR' },
    });
  });

  it('gives a failed job a reason even when the provider gave none', async () => {
    const { id } = await submit();
    await settle();
    fake.move('remote-1', { state: 'failed' });
    expect((await dispatcher.get(id)).error?.code).toBe('RENDER_FAILED');
  });

  it('reads fresh links once the old ones have expired', async () => {
    const { id } = await submit();
    await settle();
    const expiresAt = clock.now() + 1000;
    fake.move('remote-1', { state: 'succeeded', output: { url: 'https://cdn.test/old', files: [], expiresAt } });
    await dispatcher.get(id);
    expect(fake.looks).toHaveLength(0);
    await clock.advance(1000);
    fake.move('remote-1', { output: { url: 'https://cdn.test/new', files: [], expiresAt: expiresAt + 1000 } });
    expect((await dispatcher.get(id)).output?.url).toBe('https://cdn.test/new');
    expect(fake.looks).toEqual(['remote-1']);
  });

  it('does not let a look that hangs outlast the patience of get or the deadline of waitFor', async () => {
    const { id } = await submit();
    await settle();
    fake.breakWaits(unauthorized);
    await settle();
    fake.holdLooks = true;
    const got = dispatcher.get(id);
    const waited = dispatcher.waitFor(id, { untilMs: clock.now() + 3000 });
    await clock.advance(3000);
    expect((await waited).watch?.error.code).toBe('UNAUTHENTICATED');
    await clock.advance(2000);
    expect((await got).watch?.error.code).toBe('UNAUTHENTICATED');
    expect(fake.looks).toHaveLength(1);
  });

  it('makes one look of many that are asked for at the same time', async () => {
    const { id } = await submit();
    await settle();
    fake.breakWaits(unauthorized);
    await settle();
    await Promise.all([dispatcher.get(id), dispatcher.get(id), dispatcher.get(id)]);
    expect(fake.looks).toEqual(['remote-1']);
  });
});

describe('cancel', () => {
  it('calls back a job that waits in our queue, and never sends it', async () => {
    fake.onSubmit = (_id, options) =>
      new Promise((_resolve, reject) => {
        options.onQueued?.({ reason: 'slot', attempts: 0 });
        options.signal?.addEventListener('abort', () => reject(options.signal?.reason), { once: true });
      });
    const { id } = await submit();
    const job = await dispatcher.cancel(id);
    expect(job.state).toBe('cancelled');
    expect(job.providerJobId).toBeUndefined();
    expect(fake.cancels).toEqual([]);
  });

  it('waits for a request on the wire and cancels its job at the provider', async () => {
    const wire = holdOnWire();
    const { id } = await submit();
    const cancelled = dispatcher.cancel(id);
    await settle();
    expect(wire.options().signal?.aborted).toBe(false);
    wire.answer(accepted);
    expect((await cancelled).state).toBe('cancelled');
    expect(fake.cancels).toEqual(['remote-1']);
  });

  it('calls back a job whose request came back refused while it was being cancelled', async () => {
    const wire = holdOnWire();
    const { id } = await submit();
    const cancelled = dispatcher.cancel(id);
    await settle();
    wire.options().onQueued?.({ reason: 'rate', error: RATE_LIMITED, attempts: 1 });
    expect((await cancelled).state).toBe('cancelled');
    expect(fake.cancels).toEqual([]);
  });

  it('does not call back a job that an attempt without an answer may have started', async () => {
    const wire = holdOnWire();
    const { id } = await submit();
    const network = new RenderError({ code: 'NETWORK', message: 'reset', provider: 'fake' }).record;
    wire.options().onQueued?.({ reason: 'retry', error: network, attempts: 1 });
    const cancelled = dispatcher.cancel(id);
    await settle();
    expect(wire.options().signal?.aborted).toBe(false);
    wire.options().onSend?.();
    wire.answer(accepted);
    expect((await cancelled).state).toBe('cancelled');
    expect(fake.cancels).toEqual(['remote-1']);
  });

  it('answers at its deadline that the cancellation is under way, and carries it out later', async () => {
    const wire = holdOnWire();
    const { id } = await submit();
    const cancelled = dispatcher.cancel(id, { untilMs: clock.now() + 20_000 });
    await clock.advance(20_000);
    expect(await cancelled).toMatchObject({ state: 'submitting', cancelRequested: true });
    wire.answer(accepted);
    await settle();
    const job = await dispatcher.get(id);
    expect(job.state).toBe('cancelled');
    expect(job.cancelRequested).toBeUndefined();
  });

  it('cancels once when it is asked twice at the same time', async () => {
    const { id } = await submit();
    await settle();
    const jobs = await Promise.all([dispatcher.cancel(id), dispatcher.cancel(id)]);
    expect(jobs.map(({ state }) => state)).toEqual(['cancelled', 'cancelled']);
    expect(fake.cancels).toEqual(['remote-1']);
  });

  it('cancels a running job at the provider, and says so again when asked again', async () => {
    const { id } = await submit();
    await settle();
    fake.move('remote-1', { state: 'running' });
    expect((await dispatcher.cancel(id)).state).toBe('cancelled');
    expect((await dispatcher.cancel(id)).state).toBe('cancelled');
    expect(fake.cancels).toEqual(['remote-1']);
  });

  it('leaves the job unchanged where the provider cannot cancel', async () => {
    fake.cancelFault = new RenderError({ code: 'PROVIDER_UNSUPPORTED', message: 'no cancel', provider: 'fake' });
    const { id } = await submit();
    await settle();
    const fault = await dispatcher.cancel(id).catch((thrown: RenderError) => thrown.record);
    expect(fault).toMatchObject({ code: 'PROVIDER_UNSUPPORTED', jobId: id });
    expect((await dispatcher.get(id)).cancelRequested).toBeUndefined();
    fake.move('remote-1', { state: 'succeeded' });
    expect((await dispatcher.get(id)).state).toBe('succeeded');
  });

  it('refuses to cancel a job that has ended otherwise', async () => {
    const { id } = await submit();
    await settle();
    fake.move('remote-1', { state: 'succeeded' });
    await settle();
    expect(await codeOf(dispatcher.cancel(id))).toEqual({ code: 'CONFLICT', field: 'jobId' });
    expect(await codeOf(dispatcher.cancel('job_rqnone'))).toEqual({ code: 'NOT_FOUND', field: 'jobId' });
  });
});

describe('list, subscribe and close', () => {
  it('lists newest first, page by page, within a filter', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 5; i += 1) ids.unshift((await submit()).id);
    await settle();
    fake.move('remote-3', { state: 'succeeded' });
    const first = await dispatcher.list({ state: 'queued', limit: 3 });
    expect(first.jobs.map(({ id }) => id)).toEqual([ids[0], ids[1], ids[3]]);
    const cursor = first.nextCursor ?? '';
    const second = await dispatcher.list({ state: 'queued', limit: 3, cursor });
    expect(second.jobs.map(({ id }) => id)).toEqual([ids[4]]);
    expect(second.nextCursor).toBeUndefined();
  });

  it('tells subscribers of every change until they leave, and survives one that throws', async () => {
    const seen: string[] = [];
    dispatcher.subscribe(() => {
      throw new Error('listener');
    });
    const leave = dispatcher.subscribe((job) => seen.push(job.state));
    await submit();
    await settle();
    leave();
    fake.move('remote-1', { state: 'running' });
    expect(seen).toEqual(['submitting', 'queued']);
    expect(faults.length).toBeGreaterThan(0);
  });

  it('ends waits when it closes, and changes no job any more', async () => {
    const { id } = await submit();
    await settle();
    const seen: string[] = [];
    dispatcher.subscribe((job) => seen.push(job.state));
    const waited = dispatcher.waitFor(id, { untilMs: clock.now() + 45_000 });
    await settle();
    await dispatcher.close();
    expect((await waited).state).toBe('queued');
    fake.move('remote-1', { state: 'succeeded' });
    await settle();
    expect(seen).toEqual([]);
  });
});
