import { describe, expect, it } from 'vitest';
import { accepted, inTurn, rendered, running } from './testing/answers.ts';
import { createPhantomServer } from './testing/phantom-server.ts';
import { MOVIE, rejection, setStage } from './testing/scripted-client.ts';
import { errorAnswer } from './testing/scripted-transport.ts';

describe('looks', () => {
  it('leaves a server that asks for an hour to the caller', async () => {
    const { clock, client, wire } = setStage(
      'rendobar',
      inTurn(errorAnswer(503, 'MAINTENANCE', {}, { 'retry-after': '3600' })),
    );
    const error = await clock.run(rejection(client.get('job_1')));
    expect(error.record).toMatchObject({
      code: 'PROVIDER_ERROR',
      providerCode: 'MAINTENANCE',
      retryAfterMs: 3_600_000,
      attempts: 1,
    });
    expect(wire.requests).toHaveLength(1);
  });

  it('stops asking for lists that do not show the jobs', async () => {
    const { clock, client, wire } = setStage(
      'rendobar',
      () =>
        ({ url }) =>
          url.includes('/jobs?')
            ? { body: { data: [] } }
            : { body: { data: { id: url.split('/').at(-1), status: 'running' } } },
    );
    await clock.run(Promise.all(['a', 'b'].map((id) => rejection(client.wait(id, { timeoutMs: 50_000 })))));
    expect(wire.log().filter((line) => line.startsWith('GET /jobs?'))).toHaveLength(1);
    expect(wire.log().filter((line) => line === 'GET /jobs/b').length).toBeGreaterThan(8);
  });

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
    const { clock, client } = setStage('rendobar', inTurn(running));
    const error = await clock.run(rejection(client.wait('job_1', { timeoutMs: 12_345 })));
    expect(error.record).toMatchObject({ code: 'WAIT_TIMEOUT', jobId: 'job_1', provider: 'rendobar' });
    expect(error.message).toContain('"running"');
    await clock.advance(100);
    expect(clock.pending).toBe(0);
  });

  it('tells in WAIT_TIMEOUT what kept it from looking', async () => {
    for (const trouble of [
      errorAnswer(500, 'INTERNAL_ERROR'),
      errorAnswer(429, 'RATE_LIMITED', {}, { 'retry-after': '60' }),
    ]) {
      const { clock, client } = setStage('rendobar', inTurn(running, trouble));
      const error = await clock.run(rejection(client.wait('job_1', { timeoutMs: 2_000 })));
      const providerCode = trouble.status === 500 ? 'INTERNAL_ERROR' : 'RATE_LIMITED';
      expect(error.record).toMatchObject({
        code: 'WAIT_TIMEOUT',
        jobId: 'job_1',
        httpStatus: trouble.status,
        providerCode,
      });
    }
  });

  it('gives up a wait when the trouble does not end, with the error and the job', async () => {
    const { clock, client, wire } = setStage('rendobar', inTurn(errorAnswer(500, 'INTERNAL_ERROR')));
    const error = await clock.run(rejection(client.wait('job_1', { timeoutMs: 600_000 })));
    expect(error.record).toMatchObject({
      code: 'PROVIDER_ERROR',
      providerCode: 'INTERNAL_ERROR',
      jobId: 'job_1',
      attempts: 7,
    });
    expect(wire.requests).toHaveLength(7);
  });

  it('lets several waiters of one job share its looks', async () => {
    const { clock, client, another, wire } = setStage('rendobar', inTurn(running, rendered));
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
    // The last job that is left is looked at by itself.
    expect(byId).toBeLessThanOrEqual(3);
    expect(wire.requests.length).toBeLessThan(40);
  });

  it('spreads the looks of a small plan over its minute', async () => {
    const { clock, client, wire } = setStage('phantomflow', inTurn({ body: { job_id: 'j-1', status: 'processing' } }), {
      limits: { requestsPerMinute: 10 },
    });
    await clock.run(rejection(client.wait('j-1', { timeoutMs: 300_000 })));
    const gaps = wire.requests.slice(1).map(({ at }, index) => at - (wire.requests[index]?.at ?? 0));
    // Evenly: something is left for calls that come unannounced at any time of the minute.
    expect(Math.min(...gaps)).toBeGreaterThan(4_500);
    expect(Math.max(...gaps)).toBeLessThan(9_000);
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
