import { describe, expect, it } from 'vitest';
import { finishRender, settle } from '../../service/__fixtures__/harness.ts';
import { stageRendobar } from './__fixtures__/rendobar-stage.ts';

const stage = stageRendobar();
const { call, submit } = stage;

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
    stage.harness.clock.advance(18_500);
    const refused = await call('/jobs', { key });
    expect([refused.status, refused.json.error.code]).toEqual([429, 'RATE_LIMITED']);
    expect(refused.headers.get('retry-after')).toBe('42');
    expect([...refused.headers.keys()].filter((name) => name.startsWith('x-ratelimit'))).toEqual([]);
    expect((await call('/jobs/types', { key })).status).toBe(200);
    stage.harness.clock.advance(42_000);
    expect((await call('/jobs', { key })).status).toBe(200);
  });

  it('lists its jobs newest first, in pages and by state', async () => {
    const ids = [await submit(), await submit(), await submit()];
    const page = (await call('/jobs?limit=2&offset=1')).json;
    expect(page.data.map((job: { id: string }) => job.id)).toEqual([ids[1], ids[0]]);
    expect(page.meta).toMatchObject({ total: 3, limit: 2, page: 1 });
    await finishRender(stage.harness);
    await settle();
    expect((await call('/jobs?status=complete')).json.data).toHaveLength(1);
    expect((await call('/jobs?type=compose')).json.data).toHaveLength(0);
  });

  it.each(['limit=0', 'limit=101', 'limit=x', 'offset=-1', 'status=done', 'from=soon'])(
    'refuses the list query %s',
    async (query) => {
      const { status, json } = await call(`/jobs?${query}`);
      expect([status, json.error.details.path]).toEqual([400, query.split('=')[0]]);
    },
  );

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
    expect((await call('/health', { key: null, method: 'HEAD' })).status).toBe(200);
    const types = (await call('/jobs/types', { key: null })).json.data;
    expect(types.map(({ type }: { type: string }) => type)).toEqual([
      'ffmpeg',
      'ffprobe',
      'compose',
      'compress.target',
      'caption.burn',
      'captions.animate',
      'image.generate',
      'image.edit',
      'image.upscale',
    ]);
    expect(types[2].summary).toContain('does not render this type');
  });

  it('serves the schema of a type with an ETag that saves the second answer', async () => {
    const first = await call('/jobs/types/ffmpeg/schema', { key: null });
    expect(first.json.data.jsonSchema.required).toEqual(['command']);
    const etag = first.headers.get('etag') ?? '';
    const again = await call('/jobs/types/raw.ffmpeg/schema', {
      key: null,
      headers: { 'if-none-match': `"x", ${etag}` },
    });
    expect([again.status, again.text]).toEqual([304, '']);
    expect((await call('/jobs/types/compose/schema', { key: null })).json.data).toMatchObject({
      fields: [],
      inputs: {},
    });
    const burn = (await call('/jobs/types/caption.burn/schema', { key: null })).json.data;
    expect(burn.inputs.fields[0]).toMatchObject({ key: 'source', required: true, url: true });
    expect(burn.fields.find(({ key }: { key: string }) => key === 'fontSize')).toEqual({
      key: 'fontSize',
      name: 'fontSize',
      label: 'Font size',
      type: 'number',
      required: false,
      default: 48,
      min: 8,
      max: 400,
      advanced: false,
    });
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
    const error = { code: 'NOT_FOUND', message: 'There is no such route.' };
    expect((await call('/nowhere')).json).toEqual({ error });
    expect((await call('/jobs', { method: 'PUT', body: {} })).json).toEqual({ error });
  });
});
