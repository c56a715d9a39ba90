import { describe, expect, expectTypeOf, it } from 'vitest';
import { created, inTurn } from '../../testing/answers.ts';
import { setRendobarStage } from '../../testing/rendobar-stage.ts';
import { rejection } from '../../testing/scripted-client.ts';
import { errorAnswer } from '../../testing/scripted-transport.ts';
import type { RendobarJobRequest } from './job-request.ts';

const FFMPEG = { type: 'ffmpeg', params: { command: 'ffmpeg -i https://a.example/a.mp4 b.mp4' } } as const;

/** Leaves the schema unread, so that the script begins with the submit. */
const UNREAD = { checkAgainst: 'bundled' } as const;
const sentKeys = (requests: readonly { readonly body?: string }[]) =>
  requests.map(({ body }) => JSON.parse(body ?? '{}').idempotencyKey as string);

describe('creating a job', () => {
  it('gives the same idempotency key for the same reference, and another for another', async () => {
    const keys: string[] = [];
    for (const reference of ['order 7/1', 'order 7/1', 'order 7/2', 'x'.repeat(400), 'x'.repeat(401), 'row-1']) {
      const { clock, client, wire } = setRendobarStage(inTurn(created));
      await clock.run(client.jobs.create(FFMPEG, { reference, ...UNREAD }));
      keys.push(...sentKeys(wire.requests));
    }
    expect(keys[0]).toBe(keys[1]);
    expect(new Set(keys).size).toBe(5);
    expect(keys.at(-1)).toBe('ref:row-1');
    for (const key of keys) expect(key).toMatch(/^[\x21-\x7e]{1,255}$/);
  });

  it('carries a key of its own where the caller names nothing, and prefers an explicit key to the reference', async () => {
    const { clock, client, wire } = setRendobarStage(inTurn(created));
    await clock.run(client.jobs.create(FFMPEG, UNREAD));
    await clock.run(client.jobs.create(FFMPEG, UNREAD));
    await clock.run(client.jobs.create(FFMPEG, { idempotencyKey: 'k', reference: 'r', ...UNREAD }));
    const [first, second, third] = sentKeys(wire.requests);
    expect(first).toMatch(/^rq-/);
    expect(second).not.toBe(first);
    expect(third).toBe('k');
  });

  it('tells a replay from a new job', async () => {
    const replay = { body: { data: { id: 'job_1', status: 'running', idempotent: true } } };
    const { clock, client } = setRendobarStage(inTurn(created, replay));
    expect((await clock.run(client.jobs.create(FFMPEG, { reference: 'a', ...UNREAD }))).replayed).toBeUndefined();
    expect((await clock.run(client.jobs.create(FFMPEG, { reference: 'a', ...UNREAD }))).replayed).toBe(true);
  });

  it('refuses a blank reference before anything is sent', async () => {
    const { client, wire } = setRendobarStage(inTurn(created));
    const error = await rejection(client.jobs.create(FFMPEG, { reference: '  ' }));
    expect(error.record).toMatchObject({ code: 'INVALID_REQUEST', field: 'reference' });
    expect(wire.requests).toHaveLength(0);
  });

  it('has its requests checked by the compiler', () => {
    expectTypeOf({ type: 'ffmpeg', params: { command: 'x', newParam: 1 } } as const).toExtend<RendobarJobRequest>();
    expectTypeOf({
      type: 'image.edit',
      params: { prompt: 'x' },
      inputs: { images: ['u'] },
    } as const).toExtend<RendobarJobRequest>();
    expectTypeOf({ type: 'ffmpeg', params: {} } as const).not.toExtend<RendobarJobRequest>();
    expectTypeOf({
      type: 'caption.burn',
      params: { fontSize: 'big' },
      inputs: { source: 'u' },
    } as const).not.toExtend<RendobarJobRequest>();
    expectTypeOf({ type: 'image.upscale', params: {} } as const).not.toExtend<RendobarJobRequest>();
  });
});

describe('looking at a job', () => {
  it('reads what Rendobar tells beside the common fields, and drops what it cannot read', async () => {
    const job = {
      id: 'job_1',
      type: 'ffmpeg',
      status: 'complete',
      webUrl: 'https://app.rendobar.com/jobs/job_1',
      logsAvailable: true,
      callback: { status: 'delivered' },
      deliveries: [{ storageId: 'demo', status: 'failed', reason: 'destination_denied' }, 'nonsense'],
      steps: [{ id: 's', name: 'encode', status: 'complete' }],
      retentionExpiresAt: 'never',
      timeoutMs: 3_600_000,
    };
    const { clock, client } = setRendobarStage(inTurn({ body: { data: job } }));
    const seen = await clock.run(client.jobs.get('job_1'));
    expect(seen).toEqual({
      provider: 'rendobar',
      id: 'job_1',
      state: 'succeeded',
      providerState: 'complete',
      type: 'ffmpeg',
      webUrl: 'https://app.rendobar.com/jobs/job_1',
      logsAvailable: true,
      callbackStatus: 'delivered',
      deliveries: [{ storageId: 'demo', status: 'failed', reason: 'destination_denied' }],
      steps: [{ id: 's', name: 'encode', status: 'complete' }],
      timeoutMs: 3_600_000,
    });
    expect(await clock.run(client.jobs.getRaw('job_1'))).toEqual(job);
  });
});

describe('logs', () => {
  it('reads the lines', async () => {
    const line = { timestamp: 1_788_000_002_100, level: 'info', step: 'execute', event: 'step.start', message: 'go' };
    const { clock, client } = setRendobarStage(inTurn({ body: { data: [line, 7] } }));
    expect(await clock.run(client.jobs.logs('job_1'))).toEqual([line]);
  });

  it('tells a job without logs from no job at all, which the API answers alike', async () => {
    const job = { body: { data: { id: 'job_1', status: 'waiting' } } };
    const without = setRendobarStage(inTurn(errorAnswer(404, 'NOT_FOUND'), job));
    expect(await without.clock.run(without.client.jobs.logs('job_1'))).toEqual([]);
    expect(without.wire.log()).toEqual(['GET /jobs/job_1/logs', 'GET /jobs/job_1']);

    const nowhere = setRendobarStage(inTurn(errorAnswer(404, 'NOT_FOUND')));
    const error = await nowhere.clock.run(rejection(nowhere.client.jobs.logs('job_1')));
    expect(error.code).toBe('NOT_FOUND');
  });
});

describe('sharing', () => {
  const share = { shareId: 'shr_1', shareUrl: 'https://cdn.example/s/1', createdAt: 1_788_000_010_000 };

  it('gives the share that exists where the job is shared already', async () => {
    const { clock, client, wire } = setRendobarStage(inTurn(errorAnswer(409, 'CONFLICT'), { body: { data: share } }));
    expect(await clock.run(client.jobs.share('job_1'))).toEqual(share);
    expect(wire.log()).toEqual(['POST /jobs/job_1/share', 'GET /jobs/job_1/share']);
  });

  it('gives nothing for a job that is not shared', async () => {
    const { clock, client } = setRendobarStage(inTurn({ body: { data: null } }));
    expect(await clock.run(client.jobs.getShare('job_1'))).toBeUndefined();
  });

  it('takes "not found" after a lost answer for its own doing, but not otherwise', async () => {
    const lost = setRendobarStage(inTurn({ fault: 'reset' }, errorAnswer(404, 'NOT_FOUND')));
    await lost.clock.run(lost.client.jobs.unshare('job_1'));
    expect(lost.wire.log()).toEqual(['DELETE /jobs/job_1/share', 'DELETE /jobs/job_1/share']);

    const absent = setRendobarStage(inTurn(errorAnswer(404, 'NOT_FOUND')));
    expect((await absent.clock.run(rejection(absent.client.jobs.unshare('job_1')))).code).toBe('NOT_FOUND');
  });
});

describe('deliveries', () => {
  it('has them made again and tells how they then stand', async () => {
    const job = { id: 'job_1', status: 'complete', deliveries: [{ storageId: 'demo', status: 'pending' }] };
    const { clock, client, wire } = setRendobarStage(inTurn({ body: { data: {} } }, { body: { data: job } }));
    expect((await clock.run(client.jobs.retryDeliveries('job_1'))).deliveries).toEqual(job.deliveries);
    expect(wire.log()).toEqual(['POST /jobs/job_1/deliveries/retry', 'GET /jobs/job_1']);
  });
});

it.each(['', '../x', 'a/b', 'a\u0000'])('refuses the job id %j before anything is sent', async (jobId) => {
  const { client, wire } = setRendobarStage(inTurn(created));
  for (const call of [client.jobs.get, client.jobs.logs, client.jobs.share, client.jobs.unshare, client.jobs.getRaw]) {
    expect((await rejection(call(jobId))).record).toMatchObject({ code: 'INVALID_REQUEST', field: 'jobId' });
  }
  expect(wire.requests).toHaveLength(0);
});
