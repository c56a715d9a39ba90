import { describe, expect, it } from 'vitest';
import { accepted, created, inTurn, running } from './testing/answers.ts';
import { COMMAND, MOVIE, rejection, setStage } from './testing/scripted-client.ts';
import { type Answer, errorAnswer, type Fault, type ScriptedTransport } from './testing/scripted-transport.ts';

function posts({ log }: ScriptedTransport): number {
  return log().filter((line) => line.startsWith('POST')).length;
}

describe('lost answers', () => {
  const html = { status: 502, body: '<html>Bad gateway</html>' };
  const lost: readonly [string, Answer | Fault, object][] = [
    ['a reset', { fault: 'reset' }, {}],
    ['a timeout', { fault: 'timeout' }, {}],
    ['a page of a gateway', html, { httpStatus: 502 }],
    [
      'a code of a gateway',
      errorAnswer(503, 'SERVICE_UNAVAILABLE'),
      { httpStatus: 503, providerCode: 'SERVICE_UNAVAILABLE' },
    ],
    ['a 2xx without a job id', { status: 202, body: { status: 'queued' } }, { httpStatus: 202 }],
    ['an empty 2xx', { status: 202, body: '' }, { httpStatus: 202 }],
  ];

  it.each(lost)('never repeats a submit without a key after %s', async (_name, answer, facts) => {
    const { clock, client, wire } = setStage('phantomflow', inTurn(answer, accepted));
    const error = await clock.run(rejection(client.submit(MOVIE)));
    expect(error.record).toMatchObject({
      code: 'SUBMIT_OUTCOME_UNKNOWN',
      provider: 'phantomflow',
      attempts: 1,
      retryable: false,
      ...facts,
    });
    expect(posts(wire)).toBe(1);
  });

  it.each(lost)('repeats a submit with a key after %s, with the same key', async (_name, answer) => {
    const { clock, client, wire } = setStage('rendobar', inTurn(answer, answer, created));
    expect((await clock.run(client.submit(COMMAND))).id).toBe('job_1');
    const keys = wire.requests.map(({ body }) => (JSON.parse(body ?? '') as { idempotencyKey: string }).idempotencyKey);
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^rq-/);
  });

  it('throws a definite fault of the vendor as it is', async () => {
    const { clock, client, wire } = setStage('phantomflow', inTurn(errorAnswer(500, 'INTERNAL_ERROR'), accepted));
    const error = await clock.run(rejection(client.submit(MOVIE)));
    expect(error.record).toMatchObject({
      code: 'PROVIDER_ERROR',
      providerCode: 'INTERNAL_ERROR',
      httpStatus: 500,
      attempts: 1,
      // Without a key a caller that repeats blindly may pay twice.
      retryable: false,
      remedy: expect.stringContaining('job list'),
    });
    expect(posts(wire)).toBe(1);
  });

  it('never repeats a failed render, whatever its status', async () => {
    for (const [provider, request, code, status] of [
      ['phantomflow', MOVIE, 'RENDER_FAILED', 500],
      ['rendobar', COMMAND, 'RUNNER_ERROR', 502],
      ['rendobar', COMMAND, 'RUNNER_TIMEOUT', 504],
    ] as const) {
      const { clock, client, wire } = setStage(provider, inTurn(errorAnswer(status, code)));
      const error = await clock.run(rejection(client.submit(request)));
      expect(error.record).toMatchObject({ category: 'render', providerCode: code, attempts: 1 });
      expect(wire.requests).toHaveLength(1);
    }
  });

  it('repeats a submit without a key when the connection was refused', async () => {
    const { clock, client, wire } = setStage('phantomflow', inTurn({ fault: 'refused' }, accepted));
    expect((await clock.run(client.submit(MOVIE))).id).toBe('pf-1');
    expect(wire.requests).toHaveLength(2);
  });

  it('gives up on a dead network after six attempts', async () => {
    for (const [provider, request] of [
      ['phantomflow', MOVIE],
      ['rendobar', COMMAND],
    ] as const) {
      const { clock, client, wire } = setStage(provider, inTurn({ fault: 'refused' }));
      const error = await clock.run(rejection(client.submit(request)));
      expect(error.record).toMatchObject({ code: 'NETWORK', provider, attempts: 6, retryable: true });
      expect(wire.requests).toHaveLength(6);
    }
  });

  it('tells the key to submit again with when every answer to a keyed submit was lost', async () => {
    const { clock, client, wire } = setStage('rendobar', inTurn({ fault: 'reset' }));
    const error = await clock.run(rejection(client.submit(COMMAND, { idempotencyKey: 'row-9' })));
    expect(error.record).toMatchObject({ code: 'NETWORK', attempts: 6 });
    expect(error.record.remedy).toContain('"row-9"');
    expect(wire.requests).toHaveLength(6);
  });

  it('takes a conflict after a lost answer for its own first submit, still being stored', async () => {
    const { clock, client } = setStage('rendobar', inTurn({ fault: 'reset' }, errorAnswer(409, 'CONFLICT'), created));
    expect((await clock.run(client.submit(COMMAND))).id).toBe('job_1');
  });

  const deadKey = errorAnswer(409, 'CONFLICT', { details: { jobId: 'job_dead' } });
  const keysOf = (requests: readonly { readonly body?: string }[]) =>
    requests.map(({ body }) => JSON.parse(body ?? '{}').idempotencyKey);

  it('walks from a key that is spent on a dead job to the next, the same way each time', async () => {
    for (let round = 0; round < 2; round += 1) {
      const { clock, client, wire } = setStage('rendobar', inTurn(deadKey, deadKey, created));
      const job = await clock.run(client.submit(COMMAND, { idempotencyKey: 'row-1' }));
      expect(job.id).toBe('job_1');
      expect(keysOf(wire.requests)).toEqual(['row-1', 'row-1~2', 'row-1~3']);
    }
  });

  it('walks on from a key that stands in the request itself', async () => {
    const { clock, client, wire } = setStage('rendobar', inTurn(deadKey, created));
    await clock.run(client.submit({ ...COMMAND, idempotencyKey: 'own' }));
    expect(keysOf(wire.requests)).toEqual(['own', 'own~2']);
  });

  it('gives up on a job that dies under every key, naming the last one', async () => {
    const { clock, client, wire } = setStage('rendobar', inTurn(deadKey));
    const error = await clock.run(rejection(client.submit(COMMAND, { idempotencyKey: 'row-1' })));
    expect(error.record).toMatchObject({ code: 'CONFLICT', jobId: 'job_dead' });
    expect(wire.requests).toHaveLength(6);
  });

  it('walks past no conflict that names no job', async () => {
    const { clock, client, wire } = setStage('rendobar', inTurn(errorAnswer(409, 'CONFLICT'), created));
    const error = await clock.run(rejection(client.submit(COMMAND, { idempotencyKey: 'row-1' })));
    expect(error.record).toMatchObject({ code: 'CONFLICT' });
    expect(wire.requests).toHaveLength(1);
  });

  it('is in no doubt about a lost answer once the dead key tells what became of it', async () => {
    const refused = errorAnswer(402, 'INSUFFICIENT_CREDITS');
    const { clock, client } = setStage('rendobar', inTurn({ fault: 'reset' }, deadKey, refused));
    const error = await clock.run(rejection(client.submit(COMMAND, { idempotencyKey: 'row-1' })));
    expect(error.code).toBe('INSUFFICIENT_CREDITS');
    expect(error.record.remedy).not.toContain('row-1');
  });

  it('names the key that was on the wire when the answer to a walked submit is lost', async () => {
    const { clock, client } = setStage('rendobar', inTurn(deadKey, { fault: 'reset' }));
    const error = await clock.run(rejection(client.submit(COMMAND, { idempotencyKey: 'row-1' })));
    expect(error.record.remedy).toContain('"row-1~2"');
  });

  it('follows no redirect', async () => {
    const { clock, client, wire } = setStage(
      'phantomflow',
      inTurn({ status: 308, headers: { location: 'https://elsewhere.example/' } }),
    );
    const error = await clock.run(rejection(client.submit(MOVIE)));
    expect(error.record).toMatchObject({ code: 'BAD_RESPONSE', httpStatus: 308 });
    expect(wire.requests).toHaveLength(1);
  });
});

describe('abort', () => {
  const situations: readonly [string, Answer | Fault][] = [
    ['on the wire', { fault: 'timeout' }],
    ['in a backoff', { fault: 'refused' }],
    ['at the closed gate', errorAnswer(429, 'RATE_LIMITED', {}, { 'retry-after': '60' })],
    ['for a slot', { status: 403, body: { error: { code: 'PLAN_LIMIT', message: 'concurrency limit reached' } } }],
  ];

  it.each(situations)('is heard %s', async (_name, answer) => {
    const { clock, client } = setStage('rendobar', inTurn(answer));
    const controller = new AbortController();
    const submitting = rejection(client.submit(COMMAND, { signal: controller.signal }));
    await clock.advance(200);
    controller.abort();
    const before = clock.now();
    expect((await clock.run(submitting)).code).toBe('CANCELLED');
    expect(clock.now()).toBe(before);
    expect(clock.pending).toBe(0);
  });

  it('is heard while every slot is taken', async () => {
    const { clock, client } = setStage(
      'phantomflow',
      inTurn(accepted, { body: { job_id: 'pf-1', status: 'processing' } }),
      { limits: { concurrentJobs: 1 } },
    );
    await clock.run(client.submit(MOVIE));
    const controller = new AbortController();
    const submitting = rejection(client.submit(MOVIE, { signal: controller.signal }));
    await clock.advance(5_000);
    controller.abort();
    expect((await clock.run(submitting)).code).toBe('CANCELLED');
    await clock.advance(100);
    expect(clock.pending).toBe(0);
  });

  it('is heard by a wait, and by a call that has not begun', async () => {
    const { clock, client, wire } = setStage('rendobar', inTurn(running));
    const controller = new AbortController();
    const waiting = rejection(client.wait('job_1', { timeoutMs: 60_000, signal: controller.signal }));
    await clock.advance(3_000);
    controller.abort();
    expect((await clock.run(waiting)).record).toMatchObject({ code: 'CANCELLED', jobId: 'job_1' });
    await clock.advance(100);
    expect(clock.pending).toBe(0);
    const sent = wire.requests.length;
    const { signal } = controller;
    const late = [client.submit(COMMAND, { signal }), client.get('job_1', { signal })].map(rejection);
    for (const error of await clock.run(Promise.all(late))) expect(error.code).toBe('CANCELLED');
    expect(wire.requests).toHaveLength(sent);
  });
});

describe('abort on the wire', () => {
  it('stops a look that only the aborted wait wanted', async () => {
    const { clock, client } = setStage('rendobar', inTurn({ fault: 'timeout' }));
    const caller = new AbortController();
    const waiting = rejection(client.wait('job_1', { timeoutMs: 60_000, signal: caller.signal }));
    await clock.advance(1_000);
    caller.abort();
    await clock.run(waiting);
    await clock.advance(0);
    expect(clock.pending).toBe(0);
  });

  it('tells that the job may exist, and keeps its slot', async () => {
    const { clock, client } = setStage('phantomflow', inTurn({ fault: 'timeout' }, accepted), {
      limits: { concurrentJobs: 1 },
    });
    const caller = new AbortController();
    const submitting = rejection(client.submit(MOVIE, { signal: caller.signal }));
    await clock.advance(1_000);
    caller.abort();
    const error = await clock.run(submitting);
    expect(error.record).toMatchObject({ code: 'CANCELLED', remedy: expect.stringContaining('job list') });
    const before = clock.now();
    await clock.run(client.submit(MOVIE));
    expect(clock.now() - before).toBeGreaterThanOrEqual(60_000);
  });
});
