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
import { settle } from './__fixtures__/virtual-clock.ts';

let bench: DispatcherBench;
beforeEach(() => {
  bench = createBench();
});

describe('cancel', () => {
  it('calls back a job that waits in our queue, and never sends it', async () => {
    bench.fake.onSubmit = (_id, options) =>
      new Promise((_resolve, reject) => {
        options.onQueued?.({ reason: 'slot', attempts: 0 });
        options.signal?.addEventListener('abort', () => reject(options.signal?.reason), { once: true });
      });
    const { id } = await bench.submit();
    const job = await bench.dispatcher.cancel(id);
    expect(job.state).toBe('cancelled');
    expect(job.providerJobId).toBeUndefined();
    expect(bench.fake.cancels).toEqual([]);
  });

  it('waits for a request on the wire and cancels its job at the provider', async () => {
    const wire = holdOnWire(bench.fake);
    const { id } = await bench.submit();
    const cancelled = bench.dispatcher.cancel(id);
    await settle();
    expect(wire.options().signal?.aborted).toBe(false);
    wire.answer(ACCEPTED);
    expect((await cancelled).state).toBe('cancelled');
    expect(bench.fake.cancels).toEqual(['remote-1']);
  });

  it('calls back a job whose request came back refused while it was being cancelled', async () => {
    const wire = holdOnWire(bench.fake);
    const { id } = await bench.submit();
    const cancelled = bench.dispatcher.cancel(id);
    await settle();
    wire.options().onQueued?.({ reason: 'rate', error: RATE_LIMITED, attempts: 1 });
    expect((await cancelled).state).toBe('cancelled');
    expect(bench.fake.cancels).toEqual([]);
  });

  it('does not call back a job that an attempt without an answer may have started', async () => {
    const wire = holdOnWire(bench.fake);
    const { id } = await bench.submit();
    const network = new RenderError({ code: 'NETWORK', message: 'reset', provider: 'fake' }).record;
    wire.options().onQueued?.({ reason: 'retry', error: network, attempts: 1 });
    const cancelled = bench.dispatcher.cancel(id);
    await settle();
    expect(wire.options().signal?.aborted).toBe(false);
    wire.options().onSend?.();
    wire.answer(ACCEPTED);
    expect((await cancelled).state).toBe('cancelled');
    expect(bench.fake.cancels).toEqual(['remote-1']);
  });

  it('answers at its deadline that the cancellation is under way, and carries it out later', async () => {
    const wire = holdOnWire(bench.fake);
    const { id } = await bench.submit();
    const cancelled = bench.dispatcher.cancel(id, { untilMs: bench.clock.now() + 20_000 });
    await bench.clock.advance(20_000);
    expect(await cancelled).toMatchObject({ state: 'submitting', cancelRequested: true });
    wire.answer(ACCEPTED);
    await settle();
    const job = await bench.dispatcher.get(id);
    expect(job.state).toBe('cancelled');
    expect(job.cancelRequested).toBeUndefined();
  });

  it('cancels once when it is asked twice at the same time', async () => {
    const { id } = await bench.submit();
    await settle();
    const jobs = await Promise.all([bench.dispatcher.cancel(id), bench.dispatcher.cancel(id)]);
    expect(jobs.map(({ state }) => state)).toEqual(['cancelled', 'cancelled']);
    expect(bench.fake.cancels).toEqual(['remote-1']);
  });

  it('cancels a running job at the provider, and says so again when asked again', async () => {
    const { id } = await bench.submit();
    await settle();
    bench.fake.move('remote-1', { state: 'running' });
    expect((await bench.dispatcher.cancel(id)).state).toBe('cancelled');
    expect((await bench.dispatcher.cancel(id)).state).toBe('cancelled');
    expect(bench.fake.cancels).toEqual(['remote-1']);
  });

  it('leaves the job unchanged where the provider cannot cancel', async () => {
    bench.fake.cancelFault = new RenderError({ code: 'PROVIDER_UNSUPPORTED', message: 'no cancel', provider: 'fake' });
    const { id } = await bench.submit();
    await settle();
    const fault = await bench.dispatcher.cancel(id).catch((thrown: RenderError) => thrown.record);
    expect(fault).toMatchObject({ code: 'PROVIDER_UNSUPPORTED', jobId: id });
    expect((await bench.dispatcher.get(id)).cancelRequested).toBeUndefined();
    bench.fake.move('remote-1', { state: 'succeeded' });
    expect((await bench.dispatcher.get(id)).state).toBe('succeeded');
  });

  it('refuses to cancel a job that has ended otherwise', async () => {
    const { id } = await bench.submit();
    await settle();
    bench.fake.move('remote-1', { state: 'succeeded' });
    await settle();
    expect(await codeOf(bench.dispatcher.cancel(id))).toEqual({ code: 'CONFLICT', field: 'jobId' });
    expect(await codeOf(bench.dispatcher.cancel('job_rqnone'))).toEqual({ code: 'NOT_FOUND', field: 'jobId' });
  });
});
