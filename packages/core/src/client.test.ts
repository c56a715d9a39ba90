import { describe, expect, it } from 'vitest';
import { createPhantomServer } from './testing/phantom-server.ts';
import { COMMAND, MOVIE, rejection, setStage, TEST_KEY } from './testing/scripted-client.ts';
import { type Answer, errorAnswer, type Fault, type Handler } from './testing/scripted-transport.ts';

const accepted: Answer = { status: 202, body: { job_id: 'pf-1', status: 'queued', estimated_credits: 4 } };
const created: Answer = { status: 201, body: { data: { id: 'job_1', status: 'waiting' } } };
const rendered: Answer = {
  body: { data: { id: 'job_1', status: 'complete', output: { file: { url: 'https://cdn.example/o.mp4' } } } },
};

/** Answers in turn; the last one for ever. */
function inTurn(...answers: readonly (Answer | Fault)[]): () => Handler {
  return () => (_request, index) => answers[Math.min(index, answers.length - 1)] ?? { status: 500 };
}

describe('submit and wait', () => {
  it('takes a Rendobar job from submit to its output', async () => {
    const { clock, client, wire } = setStage(
      'rendobar',
      inTurn(created, { body: { data: { id: 'job_1', status: 'running' } } }, rendered),
    );
    const job = await clock.run(client.submit(COMMAND, { idempotencyKey: 'row-1' }));
    expect(job).toMatchObject({ provider: 'rendobar', id: 'job_1', state: 'queued', providerState: 'waiting' });
    const states: string[] = [];
    const done = await clock.run(
      client.wait(job.id, { timeoutMs: 60_000, onChange: ({ state }) => states.push(state) }),
    );
    expect(done).toMatchObject({ state: 'succeeded', output: { url: 'https://cdn.example/o.mp4' } });
    expect(states).toEqual(['running', 'succeeded']);
    expect(wire.log()).toEqual(['POST /jobs', 'GET /jobs/job_1', 'GET /jobs/job_1']);
    expect(JSON.parse(wire.requests[0]?.body ?? '')).toEqual({ ...COMMAND, idempotencyKey: 'row-1' });
    expect(wire.requests[0]?.headers).toMatchObject({
      authorization: `Bearer ${TEST_KEY}`,
      'x-rendobar-client': 'renderq',
    });
    expect(clock.pending).toBe(0);
  });

  it('takes a PhantomFlow job from submit to its output', async () => {
    const { clock, client, wire } = setStage(
      'phantomflow',
      (time) => createPhantomServer(time, { requestsPerMinute: 60, concurrentJobs: 2, jobMs: 9_000 }).handle,
    );
    const job = await clock.run(client.submit(MOVIE));
    expect(job).toMatchObject({ id: 'job-1', estimatedCredits: 4, creditsRemaining: 96 });
    const done = await clock.run(client.wait(job.id, { timeoutMs: 60_000 }));
    expect(done).toMatchObject({
      state: 'succeeded',
      output: { url: 'https://cdn.example/job-1.mp4' },
      cost: { amount: 4, unit: 'credits' },
    });
    expect(wire.log()[0]).toBe('POST /api/render');
    expect(wire.requests[0]?.headers['x-api-key']).toBe(TEST_KEY);
    expect(clock.pending).toBe(0);
  });

  it('sends a request with a template id to the template endpoint', async () => {
    const { clock, client, wire } = setStage('phantomflow', inTurn(accepted));
    await clock.run(client.submit({ template_id: 'tpl_1', variables: { a: 'b' } }));
    expect(wire.log()).toEqual(['POST /api/render/template']);
  });

  it('tells of a bad request before anything is sent', async () => {
    const { client, wire } = setStage('phantomflow', inTurn(accepted));
    const error = await rejection(client.submit({ scenes: [] }));
    expect(error.record).toMatchObject({ code: 'INVALID_REQUEST', field: 'scenes', provider: 'phantomflow' });
    expect(error.record).not.toHaveProperty('attempts');
    expect(wire.requests).toHaveLength(0);
  });

  it('gives a failed job as a snapshot, with the provider code', async () => {
    const failed = {
      body: {
        data: { id: 'job_1', status: 'failed', error: { code: 'JOB_TIMEOUT', message: 'too long', retryable: true } },
      },
    };
    const { clock, client } = setStage('rendobar', inTurn(failed));
    const job = await clock.run(client.get('job_1'));
    expect(job.error).toMatchObject({
      code: 'RENDER_TIMEOUT',
      providerCode: 'JOB_TIMEOUT',
      retryable: true,
      jobId: 'job_1',
    });
    expect(job.error).not.toHaveProperty('httpStatus');
  });
});

describe('the rate limit', () => {
  it('waits for Retry-After and submits again without using up an attempt', async () => {
    const refused = errorAnswer(429, 'RATE_LIMIT_EXCEEDED', {}, { 'retry-after': '7' });
    const { clock, client, wire } = setStage('phantomflow', inTurn(...Array(6).fill(refused), accepted));
    const reasons: string[] = [];
    const job = await clock.run(
      client.submit(MOVIE, { onQueued: ({ reason, error }) => reasons.push(`${reason} ${error?.providerCode}`) }),
    );
    expect(job.id).toBe('pf-1');
    expect(wire.requests).toHaveLength(7);
    for (const [index, { at }] of wire.requests.entries()) {
      if (index > 0) expect(at - (wire.requests[index - 1]?.at ?? 0)).toBeGreaterThanOrEqual(7_000);
    }
    expect(reasons).toEqual(Array(6).fill('rate RATE_LIMIT_EXCEEDED'));
  });

  it('gives the refusal itself when the wait would exceed maxQueueMs', async () => {
    const refused = errorAnswer(429, 'RATE_LIMITED', {}, { 'retry-after': '30' });
    const { clock, client, wire } = setStage('rendobar', inTurn(refused));
    const error = await clock.run(rejection(client.submit(COMMAND, { maxQueueMs: 10_000 })));
    expect(error.record).toMatchObject({
      code: 'RATE_LIMITED',
      providerCode: 'RATE_LIMITED',
      httpStatus: 429,
      attempts: 1,
    });
    expect(error.record.retryAfterMs).toBeGreaterThan(29_000);
    expect(wire.requests).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  it('closes for every call of the account, those of other clients included', async () => {
    const { clock, client, another, wire } = setStage(
      'rendobar',
      inTurn(errorAnswer(429, 'RATE_LIMITED', {}, { 'retry-after': '20' }), rendered),
    );
    const first = client.get('job_1');
    await clock.advance(1_000);
    await clock.run(Promise.all([first, another().get('job_1')]));
    expect(wire.requests).toHaveLength(3);
    expect((wire.requests[1]?.at ?? 0) - (wire.requests[0]?.at ?? 0)).toBeGreaterThanOrEqual(20_000);
  });

  it('does not close the account of another key', async () => {
    const { clock, client, another, wire } = setStage(
      'rendobar',
      inTurn(errorAnswer(429, 'RATE_LIMITED', {}, { 'retry-after': '20' }), rendered),
    );
    const first = client.get('job_1');
    await clock.advance(1_000);
    await clock.run(another({ apiKey: 'another-secret-key' }).get('job_1'));
    expect((wire.requests[1]?.at ?? 0) - (wire.requests[0]?.at ?? 0)).toBeLessThan(2_000);
    await clock.run(first);
  });

  it('never hands a full queue to the provider again', async () => {
    const { clock, client, wire } = setStage(
      'rendobar',
      inTurn(errorAnswer(429, 'QUEUE_FULL', {}, { 'retry-after': '5' })),
    );
    const error = await clock.run(rejection(client.submit(COMMAND)));
    expect(error.record).toMatchObject({ code: 'QUEUE_FULL', retryable: false, attempts: 1, retryAfterMs: 5_000 });
    expect(wire.requests).toHaveLength(1);
  });
});

describe('the job slots', () => {
  it('waits after a concurrency refusal and then succeeds', async () => {
    const refused = errorAnswer(429, 'CONCURRENCY_LIMIT_EXCEEDED');
    const { clock, client, wire } = setStage('phantomflow', inTurn(refused, refused, accepted));
    const notices: string[] = [];
    const job = await clock.run(client.submit(MOVIE, { onQueued: ({ reason }) => notices.push(reason) }));
    expect(job.id).toBe('pf-1');
    expect(notices).toEqual(['slot', 'slot']);
    const [first, second, third] = wire.requests.map(({ at }) => at);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(2_000);
    expect((third ?? 0) - (second ?? 0)).toBeGreaterThanOrEqual(3_000);
  });

  it('takes PLAN_LIMIT for concurrency only when its message says so', async () => {
    const concurrency = {
      status: 403,
      body: { error: { code: 'PLAN_LIMIT', message: 'Concurrent job limit reached (1)' } },
    };
    const slots = setStage('rendobar', inTurn(concurrency, created));
    expect((await slots.clock.run(slots.client.submit(COMMAND))).id).toBe('job_1');
    const size = { status: 403, body: { error: { code: 'PLAN_LIMIT', message: 'File exceeds 500 MB' } } };
    const plain = setStage('rendobar', inTurn(size, created));
    const error = await plain.clock.run(rejection(plain.client.submit(COMMAND)));
    expect(error.record).toMatchObject({ code: 'PLAN_LIMIT', providerCode: 'PLAN_LIMIT', retryable: false });
  });

  it('gives the concurrency refusal at once with maxQueueMs 0', async () => {
    const { clock, client } = setStage('phantomflow', inTurn(errorAnswer(429, 'CONCURRENCY_LIMIT_EXCEEDED')));
    const error = await clock.run(rejection(client.submit(MOVIE, { maxQueueMs: 0 })));
    expect(error.record).toMatchObject({
      code: 'CONCURRENCY_LIMITED',
      providerCode: 'CONCURRENCY_LIMIT_EXCEEDED',
      attempts: 1,
    });
  });

  it('never exceeds the slots or the window, and needs nobody to watch', async () => {
    let server: ReturnType<typeof createPhantomServer> | undefined;
    const { clock, client, another } = setStage(
      'phantomflow',
      (time) => {
        server = createPhantomServer(time, {
          requestsPerMinute: 60,
          concurrentJobs: 5,
          jobMs: 20_000,
          skewMs: -95_000,
        });
        return server.handle;
      },
      { limits: { requestsPerMinute: 60, concurrentJobs: 5 } },
    );
    const clients = [client, another()];
    const jobs = await clock.run(
      Promise.all(
        Array.from({ length: 30 }, (_, index) =>
          (clients[index % 2] ?? client).submit(MOVIE, { maxQueueMs: 3_600_000 }),
        ),
      ),
    );
    expect(new Set(jobs.map(({ id }) => id)).size).toBe(30);
    expect(server?.stats).toMatchObject({ started: 30, rateRefusals: 0, slotRefusals: 0, mostRunning: 5 });
    // 30 jobs of 20 s on 5 slots take 100 s until the last one is accepted; the rest is time to notice.
    expect(clock.now() - 1_767_225_600_000).toBeLessThan(135_000);
  });

  it('finds freed slots on the smallest plan, with and without a list', { timeout: 20_000 }, async () => {
    for (const hasList of [true, false]) {
      let server: ReturnType<typeof createPhantomServer> | undefined;
      const { clock, client } = setStage('phantomflow', (time) => {
        server = createPhantomServer(time, { requestsPerMinute: 10, concurrentJobs: 2, jobMs: 45_000, hasList });
        return server.handle;
      });
      await clock.run(Promise.all(Array.from({ length: 8 }, () => client.submit(MOVIE, { maxQueueMs: 3_600_000 }))));
      expect(server?.stats).toMatchObject({ started: 8, rateRefusals: 0, slotRefusals: 0, mostRunning: 2 });
    }
  });

  it('shares the slots with jobs it did not start', async () => {
    let server: ReturnType<typeof createPhantomServer> | undefined;
    const { clock, client, another } = setStage(
      'phantomflow',
      (time) => {
        server = createPhantomServer(time, { requestsPerMinute: 120, concurrentJobs: 3, jobMs: 10_000 });
        return server.handle;
      },
      { limits: { requestsPerMinute: 120, concurrentJobs: 3 } },
    );
    const stranger = another({ apiKey: 'key-of-another-process' });
    await clock.run(Promise.all([stranger.submit(MOVIE), stranger.submit(MOVIE)]));
    await clock.run(Promise.all(Array.from({ length: 6 }, () => client.submit(MOVIE))));
    expect(server?.stats.started).toBe(8);
    expect(server?.stats.mostRunning).toBe(3);
    expect(server?.stats.slotRefusals).toBeLessThanOrEqual(8);
  });

  it('frees the slot of a refused submit', async () => {
    const { clock, client } = setStage(
      'phantomflow',
      inTurn(errorAnswer(402, 'INSUFFICIENT_CREDITS', { required: 42, balance: '7' })),
      {
        limits: { concurrentJobs: 1 },
      },
    );
    for (let round = 0; round < 3; round += 1) {
      const error = await clock.run(rejection(client.submit(MOVIE, { maxQueueMs: 5_000 })));
      expect(error.record).toMatchObject({ code: 'INSUFFICIENT_CREDITS', required: 42, balance: 7 });
    }
  });

  it('keeps the slot of a submit with unknown outcome for a minute', async () => {
    const { clock, client } = setStage('phantomflow', inTurn({ fault: 'reset' }, accepted), {
      limits: { concurrentJobs: 1 },
    });
    await clock.run(rejection(client.submit(MOVIE)));
    const before = clock.now();
    await clock.run(client.submit(MOVIE));
    expect(clock.now() - before).toBeGreaterThanOrEqual(60_000);
    expect(clock.now() - before).toBeLessThan(62_000);
  });
});

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
    expect(wire.requests).toHaveLength(1);
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
    });
    expect(wire.requests).toHaveLength(1);
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

  it('gives up on a dead network after four attempts', async () => {
    for (const [provider, request] of [
      ['phantomflow', MOVIE],
      ['rendobar', COMMAND],
    ] as const) {
      const { clock, client, wire } = setStage(provider, inTurn({ fault: 'refused' }));
      const error = await clock.run(rejection(client.submit(request)));
      expect(error.record).toMatchObject({ code: 'NETWORK', provider, attempts: 4, retryable: true });
      expect(wire.requests).toHaveLength(4);
    }
  });

  it('tells the key to submit again with when every answer to a keyed submit was lost', async () => {
    const { clock, client, wire } = setStage('rendobar', inTurn({ fault: 'reset' }));
    const error = await clock.run(rejection(client.submit(COMMAND, { idempotencyKey: 'row-9' })));
    expect(error.record).toMatchObject({ code: 'NETWORK', attempts: 4 });
    expect(error.record.remedy).toContain('"row-9"');
    expect(wire.requests).toHaveLength(4);
  });

  it('takes a conflict after a lost answer for its own first submit, still being stored', async () => {
    const { clock, client } = setStage('rendobar', inTurn({ fault: 'reset' }, errorAnswer(409, 'CONFLICT'), created));
    expect((await clock.run(client.submit(COMMAND))).id).toBe('job_1');
  });

  it('surfaces the conflict of a dead key with the job that it is bound to', async () => {
    const { clock, client, wire } = setStage(
      'rendobar',
      inTurn(errorAnswer(409, 'CONFLICT', { details: { jobId: 'job_dead' } })),
    );
    const error = await clock.run(rejection(client.submit(COMMAND, { idempotencyKey: 'row-1' })));
    expect(error.record).toMatchObject({ code: 'CONFLICT', jobId: 'job_dead', attempts: 1 });
    expect(wire.requests).toHaveLength(1);
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

describe('looks', () => {
  it('repeats a look through trouble of the provider', async () => {
    const { clock, client, wire } = setStage(
      'rendobar',
      inTurn(errorAnswer(500, 'INTERNAL_ERROR'), { status: 502, body: '<html>' }, { fault: 'reset' }, rendered),
    );
    expect((await clock.run(client.get('job_1'))).state).toBe('succeeded');
    expect(wire.requests).toHaveLength(4);
  });

  it('takes an error answer that tells the end of the job for a failed job', async () => {
    for (const [provider, status, code, ours] of [
      ['phantomflow', 500, 'RENDER_FAILED', 'RENDER_FAILED'],
      ['rendobar', 502, 'RUNNER_ERROR', 'RENDER_FAILED'],
      ['rendobar', 410, 'GONE', 'OUTPUT_EXPIRED'],
    ] as const) {
      const { clock, client } = setStage(provider, inTurn(errorAnswer(status, code)));
      const viaGet = await clock.run(client.get('j-1'));
      const viaWait = await clock.run(client.wait('j-1', { timeoutMs: 10_000 }));
      for (const job of [viaGet, viaWait]) {
        expect(job).toMatchObject({
          id: 'j-1',
          state: 'failed',
          error: { code: ours, providerCode: code, httpStatus: status, jobId: 'j-1' },
        });
      }
    }
  });

  it('throws what is about the account or the id, with the job id', async () => {
    for (const [status, code, ours] of [
      [401, 'UNAUTHORIZED', 'UNAUTHENTICATED'],
      [403, 'FORBIDDEN', 'FORBIDDEN'],
      [404, 'NOT_FOUND', 'NOT_FOUND'],
    ] as const) {
      const { clock, client } = setStage('phantomflow', inTurn(errorAnswer(status, code)));
      const error = await clock.run(rejection(client.wait('j-1', { timeoutMs: 60_000 })));
      expect(error.record).toMatchObject({ code: ours, providerCode: code, jobId: 'j-1' });
    }
  });

  it('tolerates that a young job is not found yet', async () => {
    const { clock, client } = setStage(
      'phantomflow',
      inTurn(accepted, errorAnswer(404, 'NOT_FOUND'), {
        body: { job_id: 'pf-1', status: 'completed', output_url: 'https://cdn.example/o.mp4' },
      }),
    );
    await clock.run(client.submit(MOVIE));
    expect((await clock.run(client.wait('pf-1', { timeoutMs: 60_000 }))).state).toBe('succeeded');
  });

  it('ends the wait with WAIT_TIMEOUT and leaves nothing running', async () => {
    const { clock, client } = setStage('rendobar', inTurn({ body: { data: { id: 'job_1', status: 'running' } } }));
    const error = await clock.run(rejection(client.wait('job_1', { timeoutMs: 12_345 })));
    expect(error.record).toMatchObject({ code: 'WAIT_TIMEOUT', jobId: 'job_1', provider: 'rendobar' });
    expect(error.message).toContain('"running"');
    await clock.advance(100);
    expect(clock.pending).toBe(0);
  });

  it('lets several waiters of one job share its looks', async () => {
    const { clock, client, another, wire } = setStage(
      'rendobar',
      inTurn({ body: { data: { id: 'job_1', status: 'running' } } }, rendered),
    );
    const jobs = await clock.run(
      Promise.all([client, client, another()].map((one) => one.wait('job_1', { timeoutMs: 60_000 }))),
    );
    expect(jobs.map(({ state }) => state)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect(wire.requests).toHaveLength(2);
  });

  it('looks at many jobs with one list call', async () => {
    const { clock, client, wire } = setStage(
      'phantomflow',
      (time) => createPhantomServer(time, { requestsPerMinute: 60, concurrentJobs: 5, jobMs: 30_000 }).handle,
      { limits: { requestsPerMinute: 60, concurrentJobs: 5 } },
    );
    const jobs = await clock.run(Promise.all(Array.from({ length: 5 }, () => client.submit(MOVIE))));
    await clock.run(Promise.all(jobs.map(({ id }) => client.wait(id, { timeoutMs: 120_000 }))));
    const lists = wire.log().filter((line) => line === 'GET /api/jobs').length;
    const byId = wire.log().filter((line) => line.startsWith('GET /api/jobs/')).length;
    expect(lists).toBeGreaterThan(3);
    expect(byId).toBe(0);
    expect(wire.requests.length).toBeLessThan(20);
  });

  it('spends at most half of the requests on looks', async () => {
    const { clock, client, wire } = setStage('phantomflow', inTurn({ body: { job_id: 'j-1', status: 'processing' } }));
    await clock.run(rejection(client.wait('j-1', { timeoutMs: 300_000 })));
    for (const { at } of wire.requests) {
      expect(wire.requests.filter((other) => other.at >= at && other.at < at + 60_000).length).toBeLessThanOrEqual(5);
    }
    expect(wire.requests.length).toBeGreaterThanOrEqual(20);
  });

  it('caches a schema and reads an absent one as none', async () => {
    const schema = { $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object' };
    const served = setStage('phantomflow', inTurn({ body: schema }));
    expect(await served.clock.run(served.client.fetchSchema(MOVIE))).toEqual(schema);
    expect(await served.clock.run(served.client.fetchSchema(MOVIE))).toEqual(schema);
    expect(served.wire.log()).toEqual(['GET /api/render/schema']);
    const absent = setStage('phantomflow', inTurn(errorAnswer(404, 'NOT_FOUND')));
    expect(await absent.clock.run(absent.client.fetchSchema(MOVIE))).toBeUndefined();
    expect(await absent.client.fetchSchema({ template_id: 'tpl_1' })).toBeUndefined();
  });

  it('refuses a job id that could name another path', async () => {
    const { client, wire } = setStage('rendobar', inTurn(rendered));
    for (const jobId of ['', '../keys', 'a/b', 'a\nb', '..']) {
      const calls = [client.get(jobId), client.cancel(jobId), client.wait(jobId, { timeoutMs: 1 })];
      for (const error of await Promise.all(calls.map(rejection))) {
        expect(error.record).toMatchObject({ code: 'INVALID_REQUEST', field: 'jobId' });
      }
    }
    expect(wire.requests).toHaveLength(0);
  });
});

describe('cancel', () => {
  it('gives the cancelled job', async () => {
    const { clock, client, wire } = setStage(
      'rendobar',
      inTurn({ body: { data: { id: 'job_1', status: 'cancelled' } } }),
    );
    expect((await clock.run(client.cancel('job_1'))).state).toBe('cancelled');
    expect(wire.log()).toEqual(['POST /jobs/job_1/cancel']);
  });

  it('looks at the job when the answer holds none, or when a repeat met its own success', async () => {
    const cancelled = { body: { data: { id: 'job_1', status: 'cancelled' } } };
    for (const answers of [
      [
        { status: 200, body: {} },
        { status: 200, body: {} },
        { status: 200, body: {} },
        { status: 200, body: {} },
        cancelled,
      ],
      [{ fault: 'reset' }, errorAnswer(409, 'CONFLICT'), cancelled],
    ] as const) {
      const { clock, client } = setStage('rendobar', inTurn(...answers));
      expect((await clock.run(client.cancel('job_1'))).state).toBe('cancelled');
    }
  });

  it('surfaces the conflict of a job that had ended', async () => {
    const { clock, client } = setStage('rendobar', inTurn(errorAnswer(409, 'CONFLICT')));
    expect((await clock.run(rejection(client.cancel('job_1')))).record).toMatchObject({
      code: 'CONFLICT',
      jobId: 'job_1',
    });
  });

  it('is refused without a request where the provider has none', async () => {
    const { client, wire } = setStage('phantomflow', inTurn(accepted));
    expect((await rejection(client.cancel('j-1'))).record).toMatchObject({
      code: 'PROVIDER_UNSUPPORTED',
      provider: 'phantomflow',
      jobId: 'j-1',
    });
    expect(wire.requests).toHaveLength(0);
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
    const { clock, client, wire } = setStage(
      'rendobar',
      inTurn({ body: { data: { id: 'job_1', status: 'running' } } }),
    );
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

describe('secrets', () => {
  it('never reach an error, even when the server echoes them', async () => {
    const echo = (status: number) => ({
      status,
      body: { error: { code: 'FORBIDDEN', message: `no access for ${TEST_KEY}`, path: TEST_KEY } },
    });
    const { clock, client } = setStage(
      'rendobar',
      inTurn(echo(403), { body: { data: { id: 'j', status: 'failed', error: { message: `bad ${TEST_KEY}` } } } }),
    );
    const error = await clock.run(rejection(client.get('j')));
    const job = await clock.run(client.get('j'));
    expect(JSON.stringify([error.record, error.message, job.error])).not.toContain(TEST_KEY);
    expect(error.message).toContain('[redacted]');
  });

  it('turns a defect into a typed error', async () => {
    const { clock, client } = setStage('rendobar', inTurn(created));
    const onSend = () => {
      throw new TypeError('a host made a mistake');
    };
    expect((await clock.run(rejection(client.submit(COMMAND, { onSend })))).record).toMatchObject({ code: 'INTERNAL' });
  });
});
