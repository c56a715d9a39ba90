import { describe, expect, it } from 'vitest';
import { finishRender, settle } from '../../service/__fixtures__/harness.ts';
import { stageRendobar } from './__fixtures__/rendobar-stage.ts';

const stage = stageRendobar();
const { call, body, submit, read } = stage;

describe('submitting to Rendobar', () => {
  it.each([
    ['{', ''],
    ['[]', ''],
    [{}, 'type'],
    [{ type: 'ffmpeg' }, 'params'],
    [{ type: 'ffmpeg', params: {} }, 'params.command'],
    [body({}, { command: 7 }), 'params.command'],
    [body({}, { command: '-i a.mp4 -nonsense o.mp4' }), 'params.command'],
    [body({}, { timeout: 0 }), 'params.timeout'],
    [body({}, { outputFormat: 'exe' }), 'params.outputFormat'],
    [body({}, { compute: 'cpu', command: '-i a -c:v h264_nvenc o.mp4' }), 'params.compute'],
    [body({ inputs: { a: {} } }), 'inputs.a'],
    [body({ inputs: { a: 'not a url' } }), 'inputs.a'],
    [body({ inputs: { a: 'file:///etc/passwd' } }), 'inputs.a'],
    [body({ callback: { url: 'ftp://x' } }), 'callback.url'],
    [body({ callback: { url: 'http://' } }), 'callback.url'],
  ])('refuses %j and points at "%s"', async (document, path) => {
    const { status, json } = await call('/jobs', { body: document });
    expect([status, json.error.code, json.error.details.path]).toEqual([400, 'VALIDATION_ERROR', path]);
  });

  it.each([
    ['watermark.apply', 400, 'INVALID_JOB_TYPE'],
    ['compose', 501, 'NOT_IMPLEMENTED'],
    ['caption.burn', 400, 'VALIDATION_ERROR'],
  ])('answers the type %s with %i %s', async (type, status, code) => {
    const answer = await call('/jobs', { body: body({ type }) });
    expect([answer.status, answer.json.error.code]).toEqual([status, code]);
  });

  it('accepts a type that it cannot render for a rehearsed end, when its own schema has no objection', async () => {
    const headers = { 'x-sandbox-fault': 'job:RUNNER_ERROR' };
    const burn = { type: 'caption.burn', inputs: { source: 'https://example.com/a.mp4' }, params: { fontSize: 48 } };
    const tooLarge = await call('/jobs', { body: { ...burn, params: { fontSize: 4000 } }, headers });
    expect(tooLarge.json.error.details.path).toBe('params.fontSize');
    const answer = await call('/jobs', { body: burn, headers });
    expect(answer.status).toBe(201);
    await settle();
    stage.harness.clock.advance(1);
    await settle();
    expect(await read(answer.json.data.id)).toMatchObject({ type: 'caption.burn', status: 'failed' });
  });

  it('takes the old name of the type for the new one', async () => {
    const id = await submit({ type: 'raw.ffmpeg' });
    expect((await read(id)).type).toBe('ffmpeg');
  });

  it.each([
    'http://10.0.0.1/a.mp4',
    'http://169.254.169.254/latest',
    'http://[::1]/a',
    'http://localhost:9/a',
    'http://2130706433/a',
    // The sandbox's own origin, beyond outputs and uploads.
    'http://sandbox.test/',
    'http://sandbox.test/_sandbox/requests',
    'http://sandbox.test/rendobar/jobs',
    'http://sandbox.test/phantomflow/output/../../_sandbox/webhooks',
  ])('refuses a source that is not public before the job exists: %s', async (url) => {
    for (const document of [body({ inputs: { 'in.mp4': url } }), body({}, { command: `-i ${url} o.mp4` })]) {
      const { status, json } = await call('/jobs', { body: document });
      expect([status, json.error.code]).toEqual([400, 'INPUT_URL_BLOCKED']);
    }
    expect((await call('/jobs')).json.meta.total).toBe(0);
  });

  it('checks the plan before the balance and the balance before the schema', async () => {
    await stage.harness.control('/account', { method: 'PUT', body: { key: 'rb_sandbox_free', credits: 0 } });
    const post = async (document: object) =>
      (await call('/jobs', { body: document, key: 'rb_sandbox_free' })).json.error.code;
    expect(await post(body({}, { timeout: 4000, command: 7 }))).toBe('PLAN_LIMIT');
    expect(await post(body({}, { compute: 'gpu' }))).toBe('PLAN_LIMIT');
    // Error page: a type is unknown or not on the plan, which are one question.
    expect(await post(body({ type: 'nope' }))).toBe('INVALID_JOB_TYPE');
    expect(await post(body({ type: 7 }))).toBe('INSUFFICIENT_CREDITS');
    expect(await post(body({}, { command: 7 }))).toBe('INSUFFICIENT_CREDITS');
    await stage.harness.control('/account', { method: 'PUT', body: { key: 'rb_sandbox_free', credits: 0.01 } });
    expect(await post(body({}, { command: 7 }))).toBe('VALIDATION_ERROR');
  });

  it('queues above the concurrency cap and refuses above the backlog, without Retry-After', async () => {
    await stage.harness.control('/account', {
      method: 'PUT',
      body: { key: 'rb_sandbox_free', limits: { queuedJobs: 2 } },
    });
    for (let job = 0; job < 3; job += 1) await submit({}, 'rb_sandbox_free');
    const full = await call('/jobs', { body: body(), key: 'rb_sandbox_free' });
    expect([full.status, full.json.error.code, full.headers.get('retry-after')]).toEqual([429, 'QUEUE_FULL', null]);
    await finishRender(stage.harness);
    await submit({}, 'rb_sandbox_free');
  });

  it('answers a bound idempotency key with the first job, whatever the payload, and renders once', async () => {
    const id = await submit({ idempotencyKey: 'row-1' });
    const again = await call('/jobs', { body: { idempotencyKey: 'row-1' } });
    expect([again.status, again.json]).toEqual([200, { data: { id, status: 'running', idempotent: true } }]);
    expect((await call('/jobs')).json.meta.total).toBe(1);
    const other = await call('/jobs', { body: body({ idempotencyKey: 'row-1' }), key: 'rb_sandbox_other' });
    expect(other.status).toBe(201);
  });

  it('binds a key once even when two requests bring it at the same time', async () => {
    const both = await Promise.all([1, 2, 3].map(() => call('/jobs', { body: body({ idempotencyKey: 'same' }) })));
    expect(new Set(both.map(({ json }) => json.data.id)).size).toBe(1);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 200, 201]);
  });

  it('answers the key of a job that never ran with CONFLICT and the job', async () => {
    const headers = { 'x-sandbox-fault': 'job:DISPATCH_EXHAUSTED' };
    const dead = await call('/jobs', { body: body({ idempotencyKey: 'row-2' }), headers });
    await settle();
    const again = await call('/jobs', { body: body({ idempotencyKey: 'row-2' }) });
    expect([again.status, again.json.error.code]).toEqual([409, 'CONFLICT']);
    expect(again.json.error.details).toEqual({ jobId: dead.json.data.id });
  });
});
