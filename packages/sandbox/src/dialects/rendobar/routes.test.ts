import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RenderFault, type RenderFaultKind } from '../../engine/renderer.ts';
import { type CallOptions, createHarness, finishRender, type Harness, settle, START } from '../../service/__fixtures__/harness.ts';

let harness: Harness;
beforeEach(async () => {
  harness = await createHarness();
});
afterEach(() => harness.close());

const call = (path: string, options?: CallOptions) => harness.rendobar(path, options);
const body = (extra: object = {}, params: object = {}) => ({
  type: 'ffmpeg',
  params: { command: 'ffmpeg -i in.mp4 out.mp4', ...params },
  ...extra,
});
async function submit(extra: object = {}, key?: string): Promise<string> {
  const answer = await call('/jobs', { body: body(extra), ...(key === undefined ? {} : { key }) });
  expect(answer.status).toBe(201);
  return answer.json.data.id;
}
const read = async (id: string) => (await call(`/jobs/${id}`)).json.data;
const withoutOrigin = (url: string) => url.replace('http://sandbox.test/rendobar', '');

describe('a Rendobar job', () => {
  it('goes from waiting over running to complete, with a file and a cost that is settled a moment later', async () => {
    const answer = await call('/jobs', { body: body() });
    expect(answer.json).toEqual({ data: { id: expect.stringMatching(/^job_\w+$/), status: 'waiting' } });
    const { id } = answer.json.data;
    await harness.renderer.started(1);
    harness.renderer.pending[0]?.context.onProgress(0.25);
    expect(await read(id)).toMatchObject({ status: 'running', progress: 0.25, startedAt: START, completedAt: null });
    harness.clock.advance(6000);
    await finishRender(harness, { durationSeconds: 2 });

    const job = await read(id);
    expect(job).toMatchObject({
      status: 'complete',
      type: 'ffmpeg',
      createdAt: START,
      completedAt: START + 6000,
      cost: null,
      output: {
        data: null,
        file: { path: 'out.mp4', type: 'video', size: 16, meta: { format: 'mp4', width: 320, height: 180, durationMs: 2000 } },
        expiresAt: START + 6000 + 3_600_000,
      },
    });
    expect(job.output.files).toEqual([job.output.file]);
    expect(job).not.toHaveProperty('error');

    harness.clock.advance(250);
    expect((await read(id)).cost).toEqual({ amount: 4_999_998, currency: 'USD', formatted: '$0.00' });
    const billing = (await call('/billing/state')).json.data;
    expect(billing.balance.amount).toBeCloseTo(25 - 0.005, 5);
    expect(billing.usage).toMatchObject({ jobCount: 1 });
  });

  it('is downloaded by a signed link for one hour, in ranges too', async () => {
    const id = await submit();
    await finishRender(harness);
    const link = withoutOrigin((await read(id)).output.file.url);
    const whole = await call(link, { key: null });
    expect([whole.status, whole.text, whole.headers.get('content-type')]).toEqual([200, 'rendered out.mp4', 'video/mp4']);
    const part = await call(link, { key: null, headers: { range: 'bytes=9-11' } });
    expect([part.status, part.text, part.headers.get('content-range')]).toEqual([206, 'out', 'bytes 9-11/16']);
    expect((await call(`/dl/${id}?token=x.y`, { key: null })).status).toBe(403);
    harness.clock.advance(3_600_000);
    const late = await call(link, { key: null });
    expect([late.status, late.json.error.code]).toEqual([403, 'FORBIDDEN']);
    expect((await call(withoutOrigin((await read(id)).output.file.url), { key: null })).status).toBe(200);
  });

  it('gives each of several files a link of its own, and a stream its playlist as the file', async () => {
    const id = await submit();
    await finishRender(harness, { names: ['seg/0.ts', 'main.m3u8'] });
    const { output } = await read(id);
    expect(output.file.path).toBe('main.m3u8');
    expect(output.files).toHaveLength(2);
    const segment = await call(withoutOrigin(output.files[0].url), { key: null });
    expect([segment.status, segment.text]).toEqual([200, 'rendered seg/0.ts']);
    const [, , , token] = withoutOrigin(output.files[0].url).split('/');
    expect((await call(`/v/${id}/${token}/main.m3u8`, { key: null })).status).toBe(403);
  });

  it('loses its output with its retention: the API says GONE, the raw link 404', async () => {
    const id = await submit();
    await finishRender(harness);
    expect((await call(`/jobs/${id}/download`)).text).toBe('rendered out.mp4');
    harness.clock.advance(30 * 86_400_000 - 1000);
    const link = withoutOrigin((await read(id)).output.file.url);
    harness.clock.advance(1000);
    expect((await call(`/jobs/${id}/download`)).json.error.code).toBe('GONE');
    expect((await call(link, { key: null })).status).toBe(404);
    expect((await read(id)).output).toEqual({ data: null, file: null, files: [], expiresAt: null });
  });

  it.each<[RenderFaultKind, string, boolean]>([
    ['source-unreachable', 'INPUT_FETCH_FAILED', false],
    ['source-blocked', 'INPUT_URL_BLOCKED', false],
    ['source-not-media', 'INPUT_NOT_MEDIA', false],
    ['invalid-command', 'VALIDATION_ERROR', false],
    ['engine-cannot', 'NOT_IMPLEMENTED', false],
    ['failed', 'RUNNER_ERROR', false],
    ['timeout', 'JOB_TIMEOUT', false],
  ])('that the engine gives up with %s fails with %s and is charged for what it ran', async (kind, code, retryable) => {
    const id = await submit();
    await harness.renderer.started(1);
    harness.clock.advance(60_000);
    harness.renderer.pending[0]?.fail(new RenderFault(kind, 'It went wrong.', 'tail of stderr'));
    await harness.service.scheduler.drain();
    harness.clock.advance(1000);
    const job = await read(id);
    expect(job).toMatchObject({
      status: 'failed',
      error: { code, message: 'It went wrong.', detail: 'tail of stderr', retryable },
      cost: { amount: 49_999_980 },
    });
    expect(job).not.toHaveProperty('output');
  });

  it('that never started costs nothing', async () => {
    const answer = await call('/jobs', { body: body(), headers: { 'x-sandbox-fault': 'job:RUNNER_TIMEOUT' } });
    await settle();
    harness.clock.advance(1000);
    const job = await read(answer.json.data.id);
    expect(job).toMatchObject({ status: 'failed', startedAt: null, cost: { amount: 0 }, error: { retryable: true } });
  });

  it('can be cancelled while it waits or runs, and not when it has ended', async () => {
    const id = await submit();
    await harness.renderer.started(1);
    const cancelled = await call(`/jobs/${id}/cancel`, { method: 'POST' });
    expect([cancelled.status, cancelled.json.data]).toMatchObject([200, { id, status: 'cancelled', completedAt: START }]);
    const again = await call(`/jobs/${id}/cancel`, { method: 'POST' });
    expect([again.status, again.json.error.code]).toEqual([409, 'CONFLICT']);
  });

  it('has logs once it has started', async () => {
    const key = 'rb_sandbox_free';
    await submit({}, key);
    const id = await submit({}, key);
    expect((await call(`/jobs/${id}/logs`, { key })).status).toBe(404);
    await finishRender(harness);
    await finishRender(harness);
    const { json } = await call(`/jobs/${id}/logs`, { key });
    expect(json.data.map((line: { event: string }) => line.event)).toEqual(['job.start', 'step.start', 'step.complete', 'job.complete']);
  });

  it("belongs to its organization: another's key finds nothing", async () => {
    const id = await submit();
    for (const [path, method] of [['', 'GET'], ['/cancel', 'POST'], ['/logs', 'GET'], ['/download', 'GET']]) {
      const answer = await call(`/jobs/${id}${path}`, { method: method ?? 'GET', key: 'rb_sandbox_other' });
      expect([answer.status, answer.json.error.code]).toEqual([404, 'NOT_FOUND']);
    }
    expect((await call('/jobs', { key: 'rb_sandbox_other' })).json.data).toEqual([]);
  });

  it("can read a finished job's output as its input, and only a finished one of its own organization", async () => {
    const first = await submit();
    const early = await call('/jobs', { body: body({ inputs: { 'in.mp4': { job: first } } }) });
    expect(early.json.error).toMatchObject({ code: 'VALIDATION_ERROR', details: { path: 'inputs.in.mp4' } });
    await finishRender(harness);
    await submit({ inputs: { 'in.mp4': { job: first } } });
    await harness.renderer.started(1);
    const { task } = harness.renderer.pending[0] ?? {};
    expect(task).toMatchObject({ inputs: { 'in.mp4': { path: expect.stringContaining(first) } } });
    const foreign = await call('/jobs', { body: body({ inputs: { a: { job: first } } }), key: 'rb_sandbox_other' });
    expect(foreign.status).toBe(400);
  });
});

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
  ])('refuses %j and points at "%s"', async (document, path) => {
    const { status, json } = await call('/jobs', { body: document });
    expect([status, json.error.code, json.error.details.path]).toEqual([400, 'VALIDATION_ERROR', path]);
  });

  it.each([
    ['watermark.apply', 400, 'INVALID_JOB_TYPE'],
    ['compose', 501, 'NOT_IMPLEMENTED'],
  ])('answers the type %s with %i %s', async (type, status, code) => {
    const answer = await call('/jobs', { body: body({ type }) });
    expect([answer.status, answer.json.error.code]).toEqual([status, code]);
  });

  it('takes the old name of the type for the new one', async () => {
    const id = await submit({ type: 'raw.ffmpeg' });
    expect((await read(id)).type).toBe('ffmpeg');
  });

  it.each(['http://10.0.0.1/a.mp4', 'http://169.254.169.254/latest', 'http://[::1]/a', 'http://localhost:9/a', 'http://2130706433/a'])(
    'refuses a source that is not public before the job exists: %s',
    async (url) => {
      for (const document of [body({ inputs: { 'in.mp4': url } }), body({}, { command: `-i ${url} o.mp4` })]) {
        const { status, json } = await call('/jobs', { body: document });
        expect([status, json.error.code]).toEqual([400, 'INPUT_URL_BLOCKED']);
      }
      expect((await call('/jobs')).json.meta.total).toBe(0);
    },
  );

  it('checks the plan before the balance and the balance before the schema', async () => {
    await harness.control('/account', { method: 'PUT', body: { key: 'rb_sandbox_free', credits: 0 } });
    const post = async (document: object) => (await call('/jobs', { body: document, key: 'rb_sandbox_free' })).json.error.code;
    expect(await post(body({}, { timeout: 4000, command: 7 }))).toBe('PLAN_LIMIT');
    expect(await post(body({}, { compute: 'gpu' }))).toBe('PLAN_LIMIT');
    expect(await post(body({}, { command: 7 }))).toBe('INSUFFICIENT_CREDITS');
    await harness.control('/account', { method: 'PUT', body: { key: 'rb_sandbox_free', credits: 0.01 } });
    expect(await post(body({}, { command: 7 }))).toBe('VALIDATION_ERROR');
  });

  it('queues above the concurrency cap and refuses above the backlog, without Retry-After', async () => {
    await harness.control('/account', { method: 'PUT', body: { key: 'rb_sandbox_free', limits: { queuedJobs: 2 } } });
    for (let job = 0; job < 3; job += 1) await submit({}, 'rb_sandbox_free');
    const full = await call('/jobs', { body: body(), key: 'rb_sandbox_free' });
    expect([full.status, full.json.error.code, full.headers.get('retry-after')]).toEqual([429, 'QUEUE_FULL', null]);
    await finishRender(harness);
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

describe('the Rendobar account', () => {
  it.each([
    [null, 'Missing authentication'],
    ['rb_9f31c2a4', 'Invalid API key'],
  ])('is asked for: the key %s is refused without being repeated', async (key, message) => {
    const { status, json, text } = await call('/jobs', { key });
    expect([status, json.error.code]).toEqual([401, 'UNAUTHORIZED']);
    expect(json.error.message).toContain(message);
    if (key) expect(text).not.toContain(key);
  });

  it('is refused above its requests in a minute with Retry-After, and let in after exactly that time', async () => {
    const key = 'rb_sandbox_free';
    for (let request = 0; request < 120; request += 1) expect((await call('/jobs', { key })).status).toBe(200);
    harness.clock.advance(18_500);
    const refused = await call('/jobs', { key });
    expect([refused.status, refused.json.error.code]).toEqual([429, 'RATE_LIMITED']);
    expect(refused.headers.get('retry-after')).toBe('42');
    expect([...refused.headers.keys()].filter((name) => name.startsWith('x-ratelimit'))).toEqual([]);
    expect((await call('/jobs/types', { key })).status).toBe(200);
    harness.clock.advance(42_000);
    expect((await call('/jobs', { key })).status).toBe(200);
  });

  it('lists its jobs newest first, in pages and by state', async () => {
    const ids = [await submit(), await submit(), await submit()];
    const page = (await call('/jobs?limit=2&offset=1')).json;
    expect(page.data.map((job: { id: string }) => job.id)).toEqual([ids[1], ids[0]]);
    expect(page.meta).toMatchObject({ total: 3, limit: 2, page: 1 });
    await finishRender(harness);
    await settle();
    expect((await call('/jobs?status=complete')).json.data).toHaveLength(1);
    expect((await call('/jobs?type=compose')).json.data).toHaveLength(0);
  });

  it.each(['limit=0', 'limit=101', 'limit=x', 'offset=-1', 'status=done', 'from=soon'])('refuses the list query %s', async (query) => {
    const { status, json } = await call(`/jobs?${query}`);
    expect([status, json.error.details.path]).toEqual([400, query.split('=')[0]]);
  });

  it('describes itself', async () => {
    const key = 'rb_sandbox_free';
    expect((await call('/orgs/current', { key })).json.data.org.id).toMatch(/^org_/);
    expect((await call('/account/capabilities', { key })).json.data).toMatchObject({
      plan: { slug: 'free' },
      limits: { concurrentJobs: 1, maxJobTimeout: 3600, outputRetentionDays: 7 },
    });
    expect((await call('/billing/state', { key })).json.data).toMatchObject({
      balance: { amount: 5 },
      isPro: false,
      upgradePlan: { slug: 'pro' },
      plan: { limits: { apiRequestsPerMinute: 120 } },
    });
  });
});

describe('the public part of Rendobar', () => {
  it('answers without a key', async () => {
    expect((await call('/health', { key: null })).json).toEqual({ status: 'ok' });
    expect((await call('/jobs/types', { key: null })).json.data).toMatchObject([{ type: 'ffmpeg' }]);
  });

  it('serves the schema of a type with an ETag that saves the second answer', async () => {
    const first = await call('/jobs/types/ffmpeg/schema', { key: null });
    expect(first.json.data.jsonSchema.required).toEqual(['command']);
    const etag = first.headers.get('etag') ?? '';
    const again = await call('/jobs/types/raw.ffmpeg/schema', { key: null, headers: { 'if-none-match': `"x", ${etag}` } });
    expect([again.status, again.text]).toEqual([304, '']);
    expect((await call('/jobs/types/compose/schema', { key: null })).status).toBe(501);
    expect((await call('/jobs/types/nope/schema', { key: null })).status).toBe(404);
  });

  it('validates a command without making a job', async () => {
    const good = await call('/ffmpeg/validate', { body: { command: 'ffmpeg -i a.mp4 o.webm' }, key: null });
    expect(good.json.data).toEqual({ valid: true, args: ['-i', 'a.mp4', 'o.webm'], inferredOutputFormat: 'webm' });
    const bad = await call('/ffmpeg/validate', { body: { command: '-nonsense o.mp4' }, key: null });
    expect([bad.status, bad.json.data]).toEqual([200, { valid: false, error: 'Unknown flag: -nonsense' }]);
    expect((await call('/ffmpeg/validate', { body: {}, key: null })).status).toBe(400);
  });

  it('answers an unknown route in the vendor’s shape', async () => {
    expect((await call('/nowhere')).json.error.code).toBe('NOT_FOUND');
  });
});

describe('Rendobar callbacks and webhooks', () => {
  const verify = (secret: string, post: Harness['posts'][number] | undefined) => {
    const mac = createHmac('sha256', secret).update(`${post?.headers['x-rendobar-timestamp']}.${post?.body}`).digest('hex');
    expect(post?.headers['x-rendobar-signature']).toBe(`sha256=${mac}`);
  };

  it('calls back when the job ends, signed on request, and shows how the delivery went', async () => {
    const { secret } = (await call('/orgs/current/callback-secret')).json.data;
    const headers = { 'x-flow': '7', 'X-Rendobar-Event': 'forged' };
    const id = await submit({ callback: { url: 'https://hooks.example.org/cb', verify: true, headers } });
    expect((await read(id)).callback).toEqual({ status: 'pending' });
    await finishRender(harness);
    await settle();
    expect(harness.posts).toHaveLength(1);
    const [post] = harness.posts;
    verify(secret, post);
    expect(post?.headers).toMatchObject({ 'x-flow': '7', 'x-rendobar-event': 'job.completed', 'x-rendobar-attempt': '1' });
    expect(post?.headers).not.toHaveProperty('X-Rendobar-Event');
    expect(JSON.parse(post?.body ?? '')).toMatchObject({
      version: '1',
      event: 'job.completed',
      data: { jobId: id, jobType: 'ffmpeg', status: 'complete', output: { file: { path: 'out.mp4' } } },
    });
    expect((await read(id)).callback).toEqual({ status: 'delivered' });
  });

  it('tells every subscribed endpoint, signed with its own secret', async () => {
    const create = { name: 'prod', url: 'https://hooks.example.org/all', subscribedEvents: ['job.created', 'job.failed'] };
    const { signingSecret, ...endpoint } = (await call('/webhooks/endpoints', { body: create })).json.data;
    expect((await call(`/webhooks/endpoints/${endpoint.id}`)).json.data).toEqual(endpoint);
    await submit();
    await harness.renderer.started(1);
    harness.renderer.pending[0]?.fail(new RenderFault('failed', 'exit 1'));
    await harness.service.scheduler.drain();
    await settle();
    expect(harness.posts.map(({ headers }) => headers['x-rendobar-event'])).toEqual(['job.created', 'job.failed']);
    for (const post of harness.posts) verify(signingSecret, post);

    await call(`/webhooks/endpoints/${endpoint.id}`, { method: 'PATCH', body: { active: false } });
    await submit();
    await call(`/webhooks/endpoints/${endpoint.id}`, { method: 'DELETE' });
    expect((await call(`/webhooks/endpoints/${endpoint.id}`)).status).toBe(404);
    await submit();
    await settle();
    expect(harness.posts).toHaveLength(2);
  });

  it('allows ten endpoints and checks what they are made of', async () => {
    const create = { name: 'n', url: 'https://hooks.example.org/', subscribedEvents: ['job.completed'] };
    const bad = await call('/webhooks/endpoints', { body: { ...create, subscribedEvents: ['job.running'] } });
    expect(bad.json.error.details.path).toBe('subscribedEvents.0');
    for (let count = 0; count < 10; count += 1) expect((await call('/webhooks/endpoints', { body: create })).status).toBe(201);
    expect((await call('/webhooks/endpoints', { body: create })).json.error.code).toBe('CONFLICT');
  });
});
