import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHarness, type Harness, START, settle } from './__fixtures__/harness.ts';

let harness: Harness;
beforeEach(async () => {
  harness = await createHarness();
});
afterEach(() => harness.close());

const KEY = 've_test_sandbox';
const render = () => harness.phantomflow('/api/render', { body: { scenes: [{ duration: 5 }] } });

describe('the control plane', () => {
  it.each(['', '/'])('lists its routes and the words of the fault header at /_sandbox%s', async (path) => {
    const { json } = await harness.control(path);
    expect(json.routes).toContain('POST /_sandbox/clock {"advanceMs"}');
    expect(json.faultHeader).toEqual(expect.arrayContaining(['drip', 'job:CODE', 'webhook:forge']));
  });

  it('tells its health: versions, engine, jobs and defects', async () => {
    await render();
    await harness.renderer.started(1);
    expect((await harness.control('/health')).json).toMatchObject({
      status: 'ok',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      engine: { kind: 'wasm', version: '0.0-fake' },
      jobs: { total: 1, running: 1 },
      defects: [],
    });
  });

  it('shows and changes an account: credits, plan, single limits', async () => {
    const put = (body: object) => harness.control('/account', { method: 'PUT', body: { key: KEY, ...body } });
    expect((await put({ credits: 7, plan: 'free' })).json).toMatchObject({
      provider: 'phantomflow',
      plan: 'free',
      credits: 7,
      limits: { requestsPerMinute: 10, concurrentJobs: 2 },
    });
    await put({ limits: { concurrentJobs: 0 } });
    expect((await render()).json.error.code).toBe('CONCURRENCY_LIMIT_EXCEEDED');
    expect((await harness.control(`/account?key=${KEY}`)).json).toMatchObject({
      credits: 7,
      limits: { concurrentJobs: 0, requestsPerMinute: 10 },
      rate: { limit: 10, remaining: 9 },
    });
  });

  it('counts Rendobar credits in dollars', async () => {
    await harness.control('/account', { method: 'PUT', body: { key: 'rb_sandbox', credits: 1.5 } });
    expect((await harness.rendobar('/billing/state')).json.data.balance).toEqual({ amount: 1.5 });
    expect((await harness.control('/account?key=rb_sandbox')).json.credits).toBe(1.5);
  });

  it.each([
    ['/account', { key: 'sk_live' }, 404, 'key'],
    ['/account', { credits: 1 }, 400, 'key'],
    ['/account', { key: KEY, plan: 'gold' }, 400, 'plan'],
    ['/account', { key: KEY, limits: { concurrentJobs: -1 } }, 400, 'limits.concurrentJobs'],
    ['/account', { key: KEY, balance: 1 }, 400, undefined],
    ['/faults', { do: { code: 'NOPE' } }, 400, 'do.code'],
    ['/faults', { match: { nth: 0 }, do: { code: 'GONE' } }, 400, 'match.nth'],
    ['/clock', { advanceMs: -5 }, 400, 'advanceMs'],
    ['/clock', { advanceMs: 1e300 }, 400, 'advanceMs'],
    ['/reset', '{', 400, undefined],
    ['/reset', { account: 'nope' }, 404, 'account'],
  ])('refuses a request to %s with %j and names the field', async (path, body, status, field) => {
    const answer = await harness.control(path, { method: path === '/account' ? 'PUT' : 'POST', body });
    expect([answer.status, answer.json.error.field]).toEqual([status, field]);
    expect(answer.json.error.message).toMatch(/\w/);
  });

  it('resets everything, or one account', async () => {
    await render();
    await harness.rendobar('/jobs', { body: { type: 'ffmpeg', params: { command: '-i a.mp4 o.mp4' } } });
    await harness.control('/faults', { body: { do: { code: 'GONE' } } });
    await harness.control('/reset', { body: { account: KEY } });
    expect((await harness.control(`/account?key=${KEY}`)).json).toMatchObject({ credits: 1000, jobs: { active: 0 } });
    expect((await harness.control('/account?key=rb_sandbox')).json.jobs.active).toBe(1);
    await harness.control('/reset', { method: 'POST' });
    expect((await harness.control('/faults')).json).toEqual({ faults: [] });
    expect((await harness.control('/requests')).json).toEqual({ requests: [] });
    expect((await harness.rendobar('/jobs')).json.meta.total).toBe(0);
  });

  it('forgets of one account its files, keys, calls, webhooks and rules, and nothing of another', async () => {
    const secretOf = async (key: string) =>
      (await harness.rendobar('/orgs/current/callback-secret', { key })).json.data;
    const secrets = [await secretOf('rb_sandbox_a'), await secretOf('rb_sandbox_b')];
    for (const key of ['rb_sandbox_a', 'rb_sandbox_b']) {
      const endpoint = { name: 'n', url: 'https://hooks.example.org/', subscribedEvents: ['job.created'] };
      await harness.rendobar('/webhooks/endpoints', { body: endpoint, key });
      await harness.rendobar('/assets', { body: { filename: 'a.mp4', size: 5 }, key });
      await harness.rendobar('/jobs', { body: { type: 'ffmpeg', params: { command: '-i a.mp4 o.mp4' } }, key });
      await harness.control('/faults', { body: { match: { account: key, path: '/nowhere' }, do: { code: 'GONE' } } });
    }
    await settle();
    const count = async () => ({
      faults: (await harness.control('/faults')).json.faults.length,
      webhooks: (await harness.control('/webhooks')).json.deliveries.length,
      calls: (await harness.control('/requests')).json.requests.length,
    });
    expect(await count()).toEqual({ faults: 2, webhooks: 2, calls: 8 });
    await harness.control('/reset', { body: { account: 'rb_sandbox_a' } });
    expect(await count()).toEqual({ faults: 1, webhooks: 1, calls: 4 });
    expect(await secretOf('rb_sandbox_a')).not.toEqual(secrets[0]);
    expect(await secretOf('rb_sandbox_b')).toEqual(secrets[1]);
    for (const [key, left] of [
      ['rb_sandbox_a', 0],
      ['rb_sandbox_b', 1],
    ] as const) {
      for (const path of ['/assets', '/jobs']) {
        expect([key, path, (await harness.rendobar(path, { key })).json.meta.total]).toEqual([key, path, left]);
      }
      expect((await harness.rendobar('/webhooks/endpoints', { key })).json.data).toHaveLength(left);
    }
  });

  it('sets time back when it forgets everything', async () => {
    await harness.control('/clock', { body: { advanceMs: 86_400_000 } });
    await harness.control('/reset', { method: 'POST' });
    expect((await harness.control('/clock')).json).toEqual({ now: START, aheadMs: 0 });
  });

  it('removes one rule or all of them', async () => {
    const first = (await harness.control('/faults', { body: { do: { code: 'GONE' } } })).json;
    await harness.control('/faults', { body: { do: { code: 'CONFLICT' } } });
    expect((await harness.control(`/faults/${first.id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await harness.control(`/faults/${first.id}`, { method: 'DELETE' })).status).toBe(404);
    expect((await harness.rendobar('/jobs')).json.error.code).toBe('CONFLICT');
    await harness.control('/faults', { method: 'DELETE' });
    expect((await harness.control('/faults')).json.faults).toEqual([]);
  });

  it('moves time forward: windows reset without waiting', async () => {
    const key = 've_test_free';
    for (let request = 0; request < 11; request += 1) await harness.phantomflow('/api/jobs', { key });
    expect((await harness.phantomflow('/api/jobs', { key })).status).toBe(429);
    const clock = await harness.control('/clock', { body: { advanceMs: 60_000 } });
    expect(clock.json).toEqual({ now: START + 60_000, aheadMs: 60_000 });
    expect((await harness.phantomflow('/api/jobs', { key })).status).toBe(200);
  });

  it('holds an answer back for as long as a rule says', async () => {
    await harness.control('/faults', { body: { delayMs: 5000 } });
    let answered = false;
    const call = harness.phantomflow('/api/jobs').then(() => {
      answered = true;
    });
    await settle();
    harness.clock.advance(4999);
    await settle();
    expect(answered).toBe(false);
    harness.clock.advance(1);
    await call;
    expect((await harness.control('/requests')).json.requests[0].durationMs).toBe(5000);
  });

  it('lets a rule choose the Retry-After of a refusal, or leave it out', async () => {
    const retryAfter = async (value: unknown) => {
      await harness.control('/faults', { body: { do: { code: 'RATE_LIMITED', retryAfter: value } } });
      return (await harness.rendobar('/jobs')).headers.get('retry-after');
    };
    expect(await retryAfter(7)).toBe('7');
    expect(await retryAfter('soon')).toBe('soon');
    expect(await retryAfter(null)).toBeNull();
  });

  it('shows webhook deliveries', async () => {
    harness.answerWebhooks(500);
    await harness.phantomflow('/api/render', {
      body: { scenes: [{ duration: 1 }], webhook_uri: 'https://hooks.example.org/secret' },
      headers: { 'x-sandbox-fault': 'job:RENDER_FAILED' },
    });
    await settle();
    harness.clock.advance(1);
    await settle();
    const { deliveries } = (await harness.control('/webhooks')).json;
    expect(deliveries).toMatchObject([
      { receiver: 'https://hooks.example.org', status: 'pending', attempts: [{ status: 500 }] },
    ]);
  });
});

describe('the request journal', () => {
  it('tells what was called and how it ended, and holds no key, body or signature', async () => {
    const headers = { 'user-agent': 'a-client/1.0' };
    await harness.phantomflow('/api/render', { body: { scenes: [{ duration: 1 }], note: 'a private note' }, headers });
    await harness.phantomflow('/api/jobs?api_key=ve_live_leak', { key: 've_live_leak' });
    await harness.rendobar('/dl/job_1?token=signedpart', { headers: { 'x-sandbox-fault': 'GONE' } });
    const { json, text } = await harness.control('/requests');
    expect(json.requests).toMatchObject([
      { provider: 'phantomflow', method: 'POST', path: '/api/render', status: 202, userAgent: 'a-client/1.0' },
      { provider: 'phantomflow', status: 401, code: 'UNAUTHORIZED', path: '/api/jobs?api_key=[redacted]' },
      { provider: 'rendobar', status: 410, code: 'GONE', faultId: 'header', path: '/dl/job_1?token=[redacted]' },
    ]);
    expect(json.requests[0].accountId).toMatch(/^acc_/);
    for (const secret of ['ve_test_sandbox', 'rb_sandbox', 'leak', 'signedpart', 'private note'])
      expect(text).not.toContain(secret);
  });

  it('shows that two bodies were the same, and the idempotency key they carried', async () => {
    const body = { type: 'ffmpeg', params: { command: '-i a.mp4 o.mp4' }, idempotencyKey: 'row-1' };
    await harness.rendobar('/jobs', { body });
    await harness.rendobar('/jobs', { body });
    await harness.rendobar('/jobs', { body: { ...body, idempotencyKey: 'row-2' } });
    const { requests } = (await harness.control('/requests?provider=rendobar')).json;
    const [first, second, third] = requests;
    expect(first).toMatchObject({ idempotencyKey: 'row-1', bodyBytes: JSON.stringify(body).length });
    expect(second.bodySha256).toBe(first.bodySha256);
    expect(third.bodySha256).not.toBe(first.bodySha256);
  });
});

describe('every answer', () => {
  it('says that it comes from the sandbox', async () => {
    for (const answer of [
      await harness.control('/health'),
      await harness.rendobar('/jobs', { key: null }),
      await render(),
    ]) {
      expect(answer.headers.get('x-renderq-sandbox')).toBe('1');
    }
  });

  it('to a misspelt fault header says so, in no vendor’s words', async () => {
    const { status, json } = await harness.rendobar('/jobs', { headers: { 'x-sandbox-fault': 'RATE_LIMTED' } });
    expect([status, json.error.code]).toEqual([400, 'SANDBOX_FAULT_UNKNOWN']);
    expect(json.error.message).toContain('RATE_LIMITED');
  });
});
