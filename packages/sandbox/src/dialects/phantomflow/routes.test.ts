import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RenderFault } from '../../engine/renderer.ts';
import {
  type CallOptions,
  createHarness,
  finishRender,
  type Harness,
  START,
  settle,
} from '../../service/__fixtures__/harness.ts';

let harness: Harness;
beforeEach(async () => {
  harness = await createHarness();
});
afterEach(() => harness.close());

const call = (path: string, options?: CallOptions) => harness.phantomflow(path, options);
const movie = (seconds: number, extra: object = {}) => ({ scenes: [{ duration: seconds }], ...extra });
async function render(seconds: number, extra: object = {}, key?: string): Promise<string> {
  const answer = await call('/api/render', { body: movie(seconds, extra), ...(key === undefined ? {} : { key }) });
  expect(answer.status).toBe(202);
  return answer.json.job_id;
}
const creditsOf = async (key = 've_test_sandbox') => (await harness.control(`/account?key=${key}`)).json.credits;

describe('a PhantomFlow render', () => {
  it('is accepted with its estimate, runs, and ends with a public file and the unused credits given back', async () => {
    const accepted = await call('/api/render', { body: movie(4.2) });
    expect([accepted.status, accepted.json]).toEqual([
      202,
      {
        job_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        status: 'queued',
        estimated_credits: 5,
        credits_remaining: 995,
      },
    ]);
    const { job_id: id } = accepted.json;
    await harness.renderer.started(1);
    harness.renderer.pending[0]?.context.onProgress(0.5);
    expect((await call(`/api/jobs/${id}`)).json).toMatchObject({ status: 'processing', progress: 0.5 });
    await finishRender(harness, { durationSeconds: 3.1 });
    const job = (await call(`/api/jobs/${id}`)).json;
    expect(job).toMatchObject({
      job_id: id,
      status: 'completed',
      output_url: `http://sandbox.test/phantomflow/output/${id.slice(0, 8)}.mp4`,
      duration_seconds: 3.1,
      credits_used: 4,
      created_at: new Date(START).toISOString(),
    });
    expect(await creditsOf()).toBe(996);
    const file = await call(`/output/${id.slice(0, 8)}.mp4`, { key: null });
    expect([file.status, file.text]).toEqual([200, 'rendered movie.mp4']);
  });

  it('tells what came out otherwise than it was written, as a local extension that the webhook does not have', async () => {
    const warned = await render(1, { webhook_uri: 'http://127.0.0.1:9/hook' });
    await finishRender(harness, { warnings: ['scenes/0/elements/0: no glyph for 日'] });
    expect((await call(`/api/jobs/${warned}`)).json.warnings).toEqual(['scenes/0/elements/0: no glyph for 日']);
    expect(JSON.parse(harness.posts[0]?.body ?? '')).not.toHaveProperty('warnings');
    const clean = await render(1);
    await finishRender(harness);
    expect((await call(`/api/jobs/${clean}`)).json).not.toHaveProperty('warnings');
  });

  it('never costs more than its estimate', async () => {
    const id = await render(4);
    await finishRender(harness, { durationSeconds: 4.02 });
    expect((await call(`/api/jobs/${id}`)).json.credits_used).toBe(4);
  });

  it.each(['failed', 'timeout', 'source-unreachable', 'source-blocked'] as const)(
    'that ends with %s fails with RENDER_FAILED and costs nothing',
    async (kind) => {
      const id = await render(10);
      expect(await creditsOf()).toBe(990);
      await harness.renderer.started(1);
      harness.renderer.pending[0]?.fail(new RenderFault(kind, 'FFmpeg exited with code 1', 'no such stream'));
      await harness.service.scheduler.drain();
      const job = (await call(`/api/jobs/${id}`)).json;
      expect(job.status).toBe('failed');
      expect(job.error).toEqual({ code: 'RENDER_FAILED', message: 'FFmpeg exited with code 1: no such stream' });
      expect(job).not.toHaveProperty('output_url');
      expect(await creditsOf()).toBe(1000);
    },
  );

  it('is refused above the concurrent jobs of the plan, keeps nothing of it, and is let in when one has ended', async () => {
    const key = 've_test_free';
    await render(2, {}, key);
    await render(2, {}, key);
    const refused = await call('/api/render', { body: movie(2), key });
    expect([refused.status, refused.json.error.code]).toEqual([429, 'CONCURRENCY_LIMIT_EXCEEDED']);
    expect(await creditsOf(key)).toBe(996);
    await finishRender(harness);
    await render(2, {}, key);
  });

  it('is refused with what it needs and what is there when the credits do not cover it', async () => {
    await harness.control('/account', { method: 'PUT', body: { key: 've_test_sandbox', credits: 12 } });
    const refused = await call('/api/render', { body: movie(60) });
    expect(refused.status).toBe(402);
    expect(refused.json.error).toMatchObject({ code: 'INSUFFICIENT_CREDITS', required: 60, balance: 12 });
    await render(12);
    expect(await creditsOf()).toBe(0);
  });

  it('posts the documented payload to its webhook, again after a failed try', async () => {
    harness.answerWebhooks(503);
    const id = await render(2, { webhook_uri: 'http://127.0.0.1:9/hook' });
    await finishRender(harness, { durationSeconds: 2 });
    await settle();
    harness.clock.advance(1000);
    await settle();
    expect(harness.posts).toHaveLength(2);
    expect(harness.posts.map(({ body }) => JSON.parse(body))).toEqual(
      Array(2).fill({
        job_id: id,
        status: 'completed',
        output_url: `http://sandbox.test/phantomflow/output/${id.slice(0, 8)}.mp4`,
        duration_seconds: 2,
        credits_used: 2,
      }),
    );
  });

  it('posts a failure with its code, and nothing without a webhook', async () => {
    await render(2);
    await finishRender(harness);
    const id = await render(2, { webhook_uri: 'https://hooks.example.org/pf' });
    await harness.renderer.started(1);
    harness.renderer.pending[0]?.fail(new RenderFault('failed', 'exit 1'));
    await harness.service.scheduler.drain();
    await settle();
    const bodies = harness.posts.map(({ body }) => JSON.parse(body));
    expect(bodies).toEqual([{ job_id: id, status: 'failed', error: { code: 'RENDER_FAILED', message: 'exit 1' } }]);
  });

  it("belongs to its account: another's key finds nothing", async () => {
    const id = await render(2);
    const other = await call(`/api/jobs/${id}`, { key: 've_test_other' });
    expect([other.status, other.json.error.code]).toEqual([404, 'NOT_FOUND']);
    expect((await call('/api/jobs', { key: 've_test_other' })).json).toMatchObject({ jobs: [], total: 0 });
    expect((await call('/api/jobs')).json).toMatchObject({ jobs: [{ job_id: id }], total: 1 });
  });
});

describe('what PhantomFlow refuses', () => {
  it('is JSON that cannot be read', async () => {
    const { status, json } = await call('/api/render', { body: '{"scenes":' });
    expect([status, json.error.code]).toEqual([400, 'INVALID_JSON']);
  });

  it('is a script that breaks the schema, with the path of the first problem', async () => {
    const { status, json } = await call('/api/render', { body: { scenes: [{ duration: 'five' }] } });
    expect([status, json.error]).toEqual([
      400,
      { code: 'SCHEMA_VALIDATION_ERROR', message: 'Expected number, received string', path: 'scenes.0.duration' },
    ]);
    expect(await creditsOf()).toBe(1000);
  });

  it('is a missing or a foreign key, which is never repeated', async () => {
    const missing = await call('/api/jobs', { key: null });
    expect([missing.status, missing.json.error.code]).toEqual([401, 'UNAUTHORIZED']);
    const live = await call('/api/jobs', { key: 've_live_verysecret' });
    expect(live.status).toBe(401);
    expect(live.text).not.toContain('verysecret');
  });
});

describe('the rate headers of PhantomFlow', () => {
  const rateOf = ({ headers }: { readonly headers: Headers }) =>
    ['limit', 'remaining', 'reset'].map((name) => Number(headers.get(`x-ratelimit-${name}`) ?? Number.NaN));

  it('stand on every answer: success, refusal, unknown route, missing key, fault', async () => {
    const key = 've_test_free';
    const reset = START / 1000 + 60;
    expect(rateOf(await call('/api/jobs', { key }))).toEqual([10, 9, reset]);
    expect(rateOf(await call('/api/render', { key, body: '{' }))).toEqual([10, 8, reset]);
    expect(rateOf(await call('/api/nowhere', { key }))).toEqual([10, 7, reset]);
    expect(rateOf(await call('/api/jobs', { key, headers: { 'x-sandbox-fault': 'INTERNAL_ERROR' } }))).toEqual([
      10,
      6,
      reset,
    ]);
    for (const value of rateOf(await call('/api/jobs', { key: null }))) expect(value).not.toBeNaN();
  });

  it('tell when the window resets, and a client that waits so long is let in', async () => {
    const key = 've_test_free';
    for (let request = 0; request < 10; request += 1) expect((await call('/api/jobs', { key })).status).toBe(200);
    harness.clock.advance(37_700);
    const refused = await call('/api/jobs', { key });
    expect([refused.status, refused.json.error.code]).toEqual([429, 'RATE_LIMIT_EXCEEDED']);
    expect(refused.headers.get('retry-after')).toBe('23');
    expect(rateOf(refused)).toEqual([10, 0, START / 1000 + 60]);
    expect((await call('/api/jobs', { key: 've_test_free_other' })).status).toBe(200);
    harness.clock.advance(22_000);
    expect((await call('/api/jobs', { key })).status).toBe(429);
    harness.clock.advance(1000);
    expect(rateOf(await call('/api/jobs', { key }))[1]).toBe(9);
  });
});

describe('PhantomFlow templates', () => {
  const script = { scenes: [{ duration: 3, elements: [{ type: 'text', text: '{{headline}}' }] }] };
  const create = async (extra: object = {}, key?: string) =>
    (await call('/api/templates', { body: { name: 'Reel', script, ...extra }, ...(key === undefined ? {} : { key }) }))
      .json;

  it('are stored, listed and rendered with their variables', async () => {
    const template = await create();
    expect(template).toMatchObject({
      template_id: expect.stringMatching(/^tpl_[0-9a-f]{12}$/),
      name: 'Reel',
      is_public: false,
    });
    expect((await call('/api/templates')).json.templates).toEqual([template]);
    const body = {
      template_id: template.template_id,
      variables: { headline: 'Autumn' },
      webhook_uri: 'https://hooks.example.org/',
    };
    const accepted = await call('/api/render/template', { body });
    expect([accepted.status, accepted.json.estimated_credits]).toEqual([202, 3]);
    await harness.renderer.started(1);
    expect(harness.renderer.pending[0]?.task).toMatchObject({ scenes: [{ elements: [{ text: 'Autumn' }] }] });
    await finishRender(harness);
    await settle();
    expect(harness.posts).toHaveLength(1);
  });

  it.each([
    [{ name: ' ', script }, 'name'],
    [{ name: 'Reel' }, 'script'],
    [{ name: 'Reel', script: [] }, 'script'],
    [{ name: 'Reel', script, is_public: 'yes' }, 'is_public'],
  ])('are refused when they are not whole: %j', async (body, path) => {
    const { status, json } = await call('/api/templates', { body });
    expect([status, json.error.code, json.error.path]).toEqual([400, 'VALIDATION_ERROR', path]);
  });

  it('of somebody else are forbidden unless they are public', async () => {
    const hidden = await create();
    const open = await create({ is_public: true });
    const key = 've_test_other';
    expect((await call('/api/templates', { key })).json.templates).toMatchObject([{ template_id: open.template_id }]);
    const use = (id: string) =>
      call('/api/render/template', { key, body: { template_id: id, variables: { headline: 'x' } } });
    expect((await use(hidden.template_id)).json.error.code).toBe('FORBIDDEN');
    expect((await use(open.template_id)).status).toBe(202);
  });

  it.each([
    [{}, 400, 'INVALID_REQUEST'],
    [{ template_id: 7 }, 400, 'INVALID_REQUEST'],
    [[], 400, 'INVALID_REQUEST'],
    [{ template_id: 'tpl_000000000000' }, 404, 'TEMPLATE_NOT_FOUND'],
  ])('cannot be rendered by %j', async (body, status, code) => {
    const answer = await call('/api/render/template', { body });
    expect([answer.status, answer.json.error.code]).toEqual([status, code]);
  });

  it('name the variable that is missing, and are checked against the schema when they are filled in', async () => {
    const { template_id } = await create();
    const missing = await call('/api/render/template', { body: { template_id } });
    expect(missing.json.error).toMatchObject({ code: 'INVALID_REQUEST', path: 'variables.headline' });
    const empty = await call('/api/render/template', { body: { template_id, variables: { headline: '' } } });
    expect(empty.json.error).toMatchObject({ code: 'SCHEMA_VALIDATION_ERROR', path: 'scenes.0.elements.0.text' });
  });
});

describe('the PhantomFlow schema', () => {
  it('is served, and is the one that renders are checked against', async () => {
    const { json } = await call('/api/render/schema');
    expect(json).toMatchObject({ type: 'object', required: ['scenes'] });
  });
});
