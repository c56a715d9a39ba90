import { RenderError } from '@renderq/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { codeOf, createBench, type DispatcherBench } from './__fixtures__/dispatcher-bench.ts';
import { accept } from './__fixtures__/fake-client.ts';
import { settle } from './__fixtures__/virtual-clock.ts';

const UNKNOWN = new RenderError({ code: 'SUBMIT_OUTCOME_UNKNOWN', message: 'The answer was lost.', provider: 'fake' });
const FOUND = { provider: 'fake', id: 'found', state: 'running', providerState: 'rendering' } as const;

let bench: DispatcherBench;
beforeEach(() => {
  bench = createBench(false);
});

/** A job whose answer was lost, and that core could not settle. */
async function loseAnswer(): Promise<string> {
  bench.fake.onSubmit = async (_id, options) => {
    options.onSend?.();
    throw UNKNOWN;
  };
  const { id } = await bench.submit();
  await settle();
  bench.fake.onSubmit = accept;
  return id;
}

describe('a job of which nobody knows whether it runs', () => {
  it('is in doubt too when the provider itself told of a fault, and is not rendered again by a repeat', async () => {
    bench.fake.onSettle = async () => ({ outcome: 'unknown', why: 'nothing new' });
    const error = { code: 'PROVIDER_ERROR', message: 'Internal error.', provider: 'fake', httpStatus: 500 } as const;
    const fail = (retryable: boolean) => {
      bench.fake.onSubmit = async (_id, options) => {
        options.onSend?.();
        throw new RenderError({ ...error, retryable });
      };
    };
    const request = { scenes: ['in doubt'] };
    fail(false);
    const { id } = await bench.submit({ request });
    await settle();
    expect(await bench.dispatcher.get(id)).toMatchObject({
      state: 'failed',
      error: { code: 'PROVIDER_ERROR' },
      doubt: { sentAt: new Date(bench.clock.now()).toISOString() },
    });
    expect(await bench.submit({ request })).toMatchObject({ id, deduplicated: true });
    expect((await bench.dispatcher.settle(id, { outcome: 'never-ran' })).error).toBeUndefined();
    // One that is known to have made nothing may be asked for again.
    fail(true);
    const other = await bench.submit({ request: { scenes: ['certain'] } });
    await settle();
    expect((await bench.dispatcher.get(other.id)).doubt).toBeUndefined();
  });

  it('has failed, and tells when it went out and what it could be', async () => {
    bench.fake.onSettle = async () => ({ outcome: 'unknown', why: 'two new jobs', candidates: ['r1', 'r2'] });
    const id = await loseAnswer();
    expect(await bench.dispatcher.get(id)).toMatchObject({
      state: 'failed',
      error: { code: 'SUBMIT_OUTCOME_UNKNOWN', jobId: id },
      doubt: { sentAt: new Date(bench.clock.now()).toISOString() },
    });
  });

  it('is looked for when somebody asks, not more than twice a minute, and goes on when it is found', async () => {
    bench.fake.onSettle = async () => ({ outcome: 'unknown', why: 'nothing new' });
    const id = await loseAnswer();
    await bench.dispatcher.get(id);
    await bench.dispatcher.get(id);
    expect(bench.fake.settles).toHaveLength(1);
    bench.fake.onSettle = async () => ({ outcome: 'found', job: FOUND });
    bench.fake.replace(FOUND);
    await bench.clock.advance(30_000);
    const job = await bench.dispatcher.get(id);
    expect(job).toMatchObject({ state: 'running', providerJobId: 'found' });
    expect(job.error).toBeUndefined();
    expect(job.doubt).toBeUndefined();
    bench.fake.move('found', { state: 'succeeded' });
    await settle();
    expect((await bench.dispatcher.get(id)).state).toBe('succeeded');
    expect(bench.fake.submits).toHaveLength(1);
  });

  it('is never given the job of another of ours', async () => {
    const other = await bench.submit();
    await settle();
    bench.fake.onSettle = async () => ({ outcome: 'found', job: { ...FOUND, id: 'remote-1' } });
    const id = await loseAnswer();
    expect((await bench.dispatcher.get(id)).state).toBe('failed');
    expect((await bench.dispatcher.get(other.id)).providerJobId).toBe('remote-1');
  });

  it('is not sent again by a look, whatever the look tells', async () => {
    bench.fake.onSettle = async () => ({ outcome: 'absent' });
    const id = await loseAnswer();
    expect(await bench.dispatcher.waitFor(id, { untilMs: bench.clock.now() + 60_000 })).toMatchObject({
      state: 'failed',
      error: { code: 'SUBMIT_OUTCOME_UNKNOWN' },
    });
    expect(bench.fake.submits).toHaveLength(1);
  });

  it('is the answer to the same request once more', async () => {
    const id = await loseAnswer();
    const { request } = bench.fake.submits[0] ?? {};
    expect(await bench.submit({ request })).toMatchObject({ id, deduplicated: true, state: 'failed' });
  });

  it('becomes the job that a person has found', async () => {
    bench.fake.replace({ ...FOUND, state: 'succeeded', providerState: 'done' });
    const id = await loseAnswer();
    const job = await bench.dispatcher.settle(id, { outcome: 'ran', providerJobId: 'found' });
    expect(job).toMatchObject({ state: 'succeeded', providerJobId: 'found' });
    expect(job.error).toBeUndefined();
  });

  it('is sent again when a person says that it never ran', async () => {
    const id = await loseAnswer();
    await bench.dispatcher.settle(id, { outcome: 'never-ran' });
    await settle();
    expect(await bench.dispatcher.get(id)).toMatchObject({ state: 'queued', providerJobId: 'remote-2' });
    expect(bench.fake.submits[1]?.request).toEqual(bench.fake.submits[0]?.request);
  });

  it('is left as it is when a person names a job that is not there, or is that of another', async () => {
    const other = await bench.submit();
    await settle();
    const id = await loseAnswer();
    const settled = (providerJobId: string) => codeOf(bench.dispatcher.settle(id, { outcome: 'ran', providerJobId }));
    expect(await settled('none')).toMatchObject({ code: 'NOT_FOUND' });
    expect(await settled('remote-1')).toEqual({ code: 'CONFLICT', field: 'providerJobId' });
    expect((await bench.dispatcher.get(id)).state).toBe('failed');
    expect(await codeOf(bench.dispatcher.settle(other.id, { outcome: 'never-ran' }))).toEqual({
      code: 'CONFLICT',
      field: 'jobId',
    });
  });
});
