import { describe, expect, it } from 'vitest';
import { finishRender, START, settle } from '../../service/__fixtures__/harness.ts';
import { stageRendobar } from './__fixtures__/rendobar-stage.ts';

const stage = stageRendobar();
const { call, submit, read } = stage;

const DAY_MS = 86_400_000;

/** Runs a job for some seconds of the sandbox's time and lets its cost settle. */
async function runFor(ms: number, extra: object = {}): Promise<string> {
  const id = await submit(extra);
  await stage.harness.renderer.started(1);
  stage.harness.clock.advance(ms);
  await finishRender(stage.harness);
  stage.harness.clock.advance(250);
  return id;
}

describe('the Rendobar job list', () => {
  it('is sorted by what is asked for, both ways', async () => {
    const [long, short] = [await runFor(9000), await runFor(2000)];
    const order = async (query: string) =>
      (await call(`/jobs?${query}`)).json.data.map(({ id }: { id: string }) => (id === long ? 'long' : 'short'));
    expect(short).not.toBe(long);
    expect(await order('sort=created')).toEqual(['short', 'long']);
    expect(await order('sort=duration')).toEqual(['long', 'short']);
    expect(await order('sort=cost&order=asc')).toEqual(['short', 'long']);
    expect(await order('order=asc')).toEqual(['long', 'short']);
    expect((await call('/jobs?sort=name')).json.error.details.path).toBe('sort');
    expect((await call('/jobs?order=up')).json.error.details.path).toBe('order');
    expect((await call('/jobs?limit=1')).json.meta).toMatchObject({ total: 2, pages: 2 });
  });
});

describe('Rendobar usage', () => {
  it('sums what ended jobs cost, by type and by day', async () => {
    await runFor(60_000);
    stage.harness.clock.advance(DAY_MS);
    await runFor(30_000);
    await submit();
    const usage = (await call('/billing/usage')).json.data;
    expect(usage).toMatchObject({ totalJobs: 2, totalComputeSeconds: 90, totalAmountFormatted: '$0.07' });
    expect(usage.byJobType.ffmpeg).toMatchObject({ jobCount: 2, computeSeconds: 90 });
    expect(usage.daily).toMatchObject([
      { date: '2026-09-02', jobType: 'ffmpeg', computeSeconds: 30 },
      { date: '2026-09-01', jobType: 'ffmpeg', computeSeconds: 60 },
    ]);
    expect((await call('/billing/usage?start=2026-09-02&end=2026-09-02')).json.data.totalJobs).toBe(1);
    expect((await call('/billing/usage?start=yesterday')).json.error.details.path).toBe('start');
  });
});

describe('Rendobar webhook secrets', () => {
  const endpoint = { name: 'n', url: 'https://hooks.example.org/', subscribedEvents: ['job.completed'] };

  it('are rotated once in a day, the endpoint’s and the organization’s', async () => {
    const { id, signingSecret } = (await call('/webhooks/endpoints', { body: endpoint })).json.data;
    const { secret } = (await call('/orgs/current/callback-secret')).json.data;
    for (const [path, before] of [
      [`/webhooks/endpoints/${id}/rotate-secret`, signingSecret],
      ['/orgs/current/callback-secret/rotate', secret],
    ]) {
      const { data } = (await call(path, { method: 'POST' })).json;
      const after = data.signingSecret ?? data.secret;
      expect(after).toMatch(/^(whsec|cbsec)_/);
      expect(after).not.toBe(before);
      const early = await call(path, { method: 'POST' });
      expect([early.status, early.json.error.code]).toEqual([409, 'CONFLICT']);
    }
    stage.harness.clock.advance(DAY_MS);
    expect((await call('/orgs/current/callback-secret/rotate', { method: 'POST' })).status).toBe(200);
  });

  it('tell of a balance that runs low and out, once each', async () => {
    const subscribedEvents = ['balance.low', 'balance.depleted'];
    await call('/webhooks/endpoints', { body: { ...endpoint, subscribedEvents } });
    await stage.harness.control('/account', { method: 'PUT', body: { key: 'rb_sandbox', credits: 1.01 } });
    await runFor(60_000);
    await runFor(60_000);
    await settle();
    const events = () => stage.harness.posts.map(({ headers }) => headers['x-rendobar-event']);
    expect(events()).toEqual(['balance.low']);
    await stage.harness.control('/account', { method: 'PUT', body: { key: 'rb_sandbox', credits: 0.01 } });
    await runFor(60_000);
    await settle();
    expect(events()).toEqual(['balance.low', 'balance.depleted']);
    expect(JSON.parse(stage.harness.posts[1]?.body ?? '').data.balance.amount).toBeLessThan(0);
  });
});

describe('a Rendobar share', () => {
  it('is a public link that lasts, one for a job, until it is taken back', async () => {
    const id = await submit();
    expect((await call(`/jobs/${id}/share`, { method: 'POST' })).json.error.code).toBe('VALIDATION_ERROR');
    await finishRender(stage.harness);
    expect((await call(`/jobs/${id}/share`)).json).toEqual({ data: null });
    const made = await call(`/jobs/${id}/share`, { method: 'POST' });
    expect([made.status, made.json.data.createdAt]).toEqual([201, START]);
    expect((await call(`/jobs/${id}/share`, { method: 'POST' })).json.error.code).toBe('CONFLICT');
    expect((await call(`/jobs/${id}/share`)).json).toEqual(made.json);
    const link = made.json.data.shareUrl.replace('http://sandbox.test/rendobar', '');
    stage.harness.clock.advance(10 * DAY_MS);
    expect((await call(link, { key: null })).text).toBe('rendered out.mp4');
    await call(`/jobs/${id}/share`, { method: 'DELETE' });
    expect((await call(link, { key: null })).status).toBe(404);
    expect((await read(id)).status).toBe('complete');
  });

  it('needs the Pro plan', async () => {
    const key = 'rb_sandbox_free';
    const id = await submit({}, key);
    await finishRender(stage.harness);
    expect((await call(`/jobs/${id}/share`, { method: 'POST', key })).json.error.code).toBe('PLAN_LIMIT');
  });
});

describe('the rest of a Rendobar organization', () => {
  it('has no key that makes keys, no storage connections, and the generation models', async () => {
    const refused = await call('/api-keys', { body: { name: 'ci' } });
    expect([refused.status, refused.json.error.code]).toEqual([403, 'INSUFFICIENT_SCOPE']);
    expect(refused.headers.get('www-authenticate')).toContain('scope="keys:write"');
    expect((await call('/storage')).json).toEqual({ data: [] });
    const models = (await call('/models?job=image.edit')).json.data;
    expect(models.map(({ tier }: { tier: string }) => tier)).toEqual(['economy', 'standard', 'premium']);
  });
});
