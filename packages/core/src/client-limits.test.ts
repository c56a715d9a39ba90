import { describe, expect, it } from 'vitest';
import { accepted, created, inTurn, rendered } from './testing/answers.ts';
import { createPhantomServer } from './testing/phantom-server.ts';
import { COMMAND, MOVIE, rejection, setStage } from './testing/scripted-client.ts';
import { errorAnswer } from './testing/scripted-transport.ts';

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

  it('tells nobody of a wait where there is none', async () => {
    const { clock, client, wire } = setStage('rendobar', () => (_request, index) => ({
      status: 201,
      body: { data: { id: `job_${index}`, status: 'complete' } },
    }));
    const notices: unknown[] = [];
    const onQueued = (notice: unknown) => notices.push(notice);
    await clock.run(Promise.all(Array.from({ length: 20 }, () => client.submit(COMMAND, { onQueued, maxQueueMs: 0 }))));
    expect(notices).toEqual([]);
    expect(wire.requests).toHaveLength(20);
  });

  it('comes back after the time that a refusal names, however many requests were sent before it', async () => {
    const refusal = errorAnswer(429, 'RATE_LIMIT_EXCEEDED', {}, { 'retry-after': '2' });
    const done = { body: { job_id: 'j-1', status: 'completed', output_url: 'https://cdn.example/o.mp4' } };
    const { clock, client } = setStage('phantomflow', () => (_request, index) => (index === 20 ? refusal : done));
    for (let n = 0; n < 20; n += 1) await clock.run(client.get('j-1'));
    const start = clock.now();
    await clock.run(client.get('j-1'));
    expect(clock.now() - start).toBeLessThan(4_000);
  });

  it('holds the smallest plan for a guess where the answers tell no window', async () => {
    const done = { body: { job_id: 'j-1', status: 'completed', output_url: 'https://cdn.example/o.mp4' } };
    const untold = setStage('phantomflow', inTurn(done));
    const start = untold.clock.now();
    for (let n = 0; n < 30; n += 1) await untold.clock.run(untold.client.get('j-1'));
    expect(untold.clock.now() - start).toBeLessThan(2_000);
    const stated = setStage('phantomflow', inTurn(done), { limits: { requestsPerMinute: 10 } });
    for (let n = 0; n < 30; n += 1) await stated.clock.run(stated.client.get('j-1'));
    expect(stated.clock.now() - start).toBeGreaterThan(120_000);
  });

  it('lets submits pass before looks', async () => {
    const { clock, client, wire } = setStage(
      'rendobar',
      () =>
        ({ method }, index) =>
          index === 0
            ? errorAnswer(429, 'RATE_LIMITED', {}, { 'retry-after': '20' })
            : method === 'POST'
              ? created
              : rendered,
    );
    const refused = client.get('job_1');
    await clock.advance(1_000);
    const looks = Array.from({ length: 6 }, () => client.get('job_1'));
    await clock.run(Promise.all([refused, ...looks, client.submit(COMMAND)]));
    // The refused look, and the one that heads the line, were there first.
    expect(wire.log().indexOf('POST /jobs')).toBeLessThanOrEqual(2);
    expect(wire.requests).toHaveLength(9);
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
    const { clock, client, wire } = setStage('phantomflow', () => {
      const submits = [refused, refused, accepted];
      return ({ method }) => (method === 'POST' ? submits.shift() : undefined) ?? errorAnswer(404, 'NOT_FOUND');
    });
    const notices: string[] = [];
    const job = await clock.run(client.submit(MOVIE, { onQueued: ({ reason }) => notices.push(reason) }));
    expect(job.id).toBe('pf-1');
    expect(notices).toEqual(['slot', 'slot']);
    const [first, second, third] = wire.requests.filter(({ method }) => method === 'POST').map(({ at }) => at);
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

  it('keeps the slot of a running job through an outage of the looks', async () => {
    const { clock, client, wire } = setStage(
      'phantomflow',
      (time) => {
        const start = time.now();
        return ({ method }) => {
          const passed = time.now() - start;
          if (method === 'POST') return accepted;
          if (passed < 90_000) return errorAnswer(500, 'INTERNAL_ERROR');
          return { body: { job_id: 'pf-1', status: passed < 150_000 ? 'processing' : 'completed' } };
        };
      },
      { limits: { concurrentJobs: 1, requestsPerMinute: 600 } },
    );
    const start = clock.now();
    await clock.run(client.submit(MOVIE));
    await clock.run(client.submit(MOVIE));
    const submits = wire.requests.filter(({ method }) => method === 'POST');
    expect(submits).toHaveLength(2);
    expect((submits[1]?.at ?? 0) - start).toBeGreaterThanOrEqual(150_000);
  });

  it.each([
    [404, 'NOT_FOUND', 10_000],
    [400, 'VALIDATION_ERROR', 0],
  ])('gives the slot of a job back that answers HTTP %i %s', async (status, code, notBefore) => {
    const { clock, client } = setStage(
      'phantomflow',
      () =>
        ({ method }) =>
          method === 'POST' ? accepted : errorAnswer(status, code),
      { limits: { concurrentJobs: 1, requestsPerMinute: 600 } },
    );
    const start = clock.now();
    await clock.run(client.submit(MOVIE));
    await clock.run(client.submit(MOVIE));
    expect(clock.now() - start).toBeGreaterThanOrEqual(notBefore);
    expect(clock.now() - start).toBeLessThan(notBefore + 6_000);
  });

  it('lets the provider decide about a slot once looks have failed for five minutes', async () => {
    const { clock, client } = setStage(
      'phantomflow',
      () =>
        ({ method }) =>
          method === 'POST' ? accepted : errorAnswer(500, 'INTERNAL_ERROR'),
      { limits: { concurrentJobs: 1, requestsPerMinute: 600 } },
    );
    const start = clock.now();
    await clock.run(client.submit(MOVIE));
    await clock.run(client.submit(MOVIE));
    expect(clock.now() - start).toBeGreaterThanOrEqual(300_000);
    expect(clock.now() - start).toBeLessThan(500_000);
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
