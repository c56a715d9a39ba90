import { describe, expect, it } from 'vitest';
import { createRenderClient } from './client.ts';
import { createPQueueLane } from './host/p-queue-lane.ts';
import { accepted, created, inTurn, rendered, running } from './testing/answers.ts';
import { createPhantomServer } from './testing/phantom-server.ts';
import { COMMAND, MOVIE, rejection, setStage, TEST_KEY } from './testing/scripted-client.ts';
import { errorAnswer } from './testing/scripted-transport.ts';

describe('submit and wait', () => {
  it('takes a Rendobar job from submit to its output', async () => {
    const { clock, client, wire } = setStage('rendobar', inTurn(created, running, rendered));
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

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 40])(
    'refuses %d as the time of an attempt',
    (timeoutMs) => {
      expect(() => setStage('phantomflow', inTurn(accepted), { timeoutMs })).toThrow(
        expect.objectContaining({ code: 'INVALID_REQUEST', record: expect.objectContaining({ field: 'timeoutMs' }) }),
      );
    },
  );

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
      [{ status: 200, body: {} }, cancelled],
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
    const { clock, wire } = setStage('rendobar', inTurn(created));
    const random = () => {
      throw new TypeError('a host made a mistake');
    };
    const ports = { transport: wire.transport, clock, random, lanes: createPQueueLane };
    const client = createRenderClient({ provider: 'rendobar', apiKey: TEST_KEY }, ports);
    expect((await clock.run(rejection(client.submit(COMMAND)))).record).toMatchObject({ code: 'INTERNAL' });
  });
});
