import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHarness, type Harness, settle } from '../service/__fixtures__/harness.ts';

/** The vendors' pages, written down a second time: a slip in the sandbox's own tables must not go unseen. */
const PAGES = {
  rendobar: {
    UNAUTHORIZED: 401,
    FORBIDDEN: 403,
    VALIDATION_ERROR: 400,
    INVALID_JOB_TYPE: 400,
    INSUFFICIENT_CREDITS: 402,
    PLAN_LIMIT: 403,
    RATE_LIMITED: 429,
    NOT_FOUND: 404,
    CONFLICT: 409,
    RUNNER_ERROR: 502,
    RUNNER_TIMEOUT: 504,
    ORG_SUSPENDED: 403,
    INTERNAL_ERROR: 500,
    STORAGE_QUOTA_EXCEEDED: 402,
    FILE_TOO_LARGE: 413,
    QUEUE_FULL: 429,
    QUEUE_EXPIRED: 400,
    GONE: 410,
    INPUT_URL_BLOCKED: 400,
    INPUT_FETCH_FAILED: 400,
    INPUT_NOT_MEDIA: 422,
    INPUT_UNSUPPORTED: 422,
    PROCESSING_FAILED: 422,
    UPSTREAM_ERROR: 502,
    NOT_CONFIGURED: 503,
    NOT_IMPLEMENTED: 501,
    INSUFFICIENT_SCOPE: 403,
  },
  phantomflow: {
    INVALID_JSON: 400,
    SCHEMA_VALIDATION_ERROR: 400,
    VALIDATION_ERROR: 400,
    INVALID_REQUEST: 400,
    UNAUTHORIZED: 401,
    INSUFFICIENT_CREDITS: 402,
    FORBIDDEN: 403,
    NOT_FOUND: 404,
    TEMPLATE_NOT_FOUND: 404,
    RATE_LIMIT_EXCEEDED: 429,
    CONCURRENCY_LIMIT_EXCEEDED: 429,
    INTERNAL_ERROR: 500,
    RENDER_FAILED: 500,
  },
} as const;

const JOB_CODES = [
  'RUNNER_ERROR',
  'RUNNER_TIMEOUT',
  'JOB_TIMEOUT',
  'PROCESSING_FAILED',
  'INPUT_FETCH_FAILED',
  'INPUT_UNREADABLE',
  'INPUT_NOT_MEDIA',
  'INPUT_UNSUPPORTED',
  'QUEUE_EXPIRED',
  'DISPATCH_EXHAUSTED',
  'DISPATCH_UNAVAILABLE',
  'PROVIDER_CLEARED',
  'P1_EXECUTION_ERROR',
  'PROVIDER_CRASHED',
  'UPSTREAM_ERROR',
];

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness({ limits: { rendobar: { requestsPerMinute: 1e6, concurrentJobs: 1000 } } });
});
afterAll(() => harness.close());

describe.each(['rendobar', 'phantomflow'] as const)('every code of the error page of %s', (provider) => {
  const rows = Object.entries(PAGES[provider]);
  const call = (headers = {}) =>
    provider === 'rendobar' ? harness.rendobar('/jobs', { headers }) : harness.phantomflow('/api/jobs', { headers });

  it.each(rows)('%s answers a call whose header asks for it, with status %i', async (code, status) => {
    const answer = await call({ 'x-sandbox-fault': code });
    expect(answer.status).toBe(status);
    expect(answer.json.error).toMatchObject({ code, message: expect.stringMatching(/\w/) });
    expect(Object.keys(answer.json)).toEqual(['error']);
    expect(answer.headers.get('retry-after')).toBe(/^RATE_LIMIT/.test(code) ? '1' : null);
    expect((await call()).status).toBe(200);
  });

  it.each(rows)('%s answers the next call of a rule, and the one after it works', async (code, status) => {
    const rule = { match: { provider, method: 'GET' }, do: { code } };
    expect((await harness.control('/faults', { body: rule })).status).toBe(201);
    expect((await call()).status).toBe(status);
    expect((await call()).status).toBe(200);
  });
});

describe('what a code carries beside its message', () => {
  it('points at the field of a validation error, each vendor in its own way', async () => {
    const fault = { 'x-sandbox-fault': 'VALIDATION_ERROR' };
    expect((await harness.rendobar('/jobs', { headers: fault })).json.error.details).toEqual({
      path: 'params.command',
    });
    const schema = { 'x-sandbox-fault': 'SCHEMA_VALIDATION_ERROR' };
    expect((await harness.phantomflow('/api/jobs', { headers: schema })).json.error.path).toBe('scenes.0.duration');
  });

  it('names the credits that are needed and held', async () => {
    const { json } = await harness.phantomflow('/api/jobs', { headers: { 'x-sandbox-fault': 'INSUFFICIENT_CREDITS' } });
    expect(json.error).toMatchObject({ required: expect.any(Number), balance: expect.any(Number) });
  });

  it('names the scope that a credential lacks', async () => {
    const { headers } = await harness.rendobar('/jobs', { headers: { 'x-sandbox-fault': 'INSUFFICIENT_SCOPE' } });
    expect(headers.get('www-authenticate')).toMatch(/^Bearer error="insufficient_scope".*scope="jobs:write"$/);
  });
});

describe('every code that a failed job carries', () => {
  const body = { type: 'ffmpeg', params: { command: 'ffmpeg -i in.mp4 out.mp4' } };

  it.each(JOB_CODES)('%s ends a Rendobar job that was accepted', async (code) => {
    const headers = { 'x-sandbox-fault': `job:${code}` };
    const { status, json } = await harness.rendobar('/jobs', { body, headers });
    expect(status).toBe(201);
    await settle();
    harness.clock.advance(1);
    await settle();
    const job = (await harness.rendobar(`/jobs/${json.data.id}`)).json.data;
    expect(job).toMatchObject({ status: 'failed', error: { code, retryable: expect.any(Boolean), detail: null } });
    expect(job).not.toHaveProperty('output');
  });

  it('RENDER_FAILED ends a PhantomFlow job that was accepted, and its credits come back', async () => {
    await harness.control('/faults', { body: { do: { job: 'RENDER_FAILED', message: 'source not reachable' } } });
    const { status, json } = await harness.phantomflow('/api/render', { body: { scenes: [{ duration: 4 }] } });
    expect([status, json.credits_remaining]).toEqual([202, 996]);
    await settle();
    harness.clock.advance(1);
    await settle();
    const job = (await harness.phantomflow(`/api/jobs/${json.job_id}`)).json;
    expect(job).toMatchObject({ status: 'failed', error: { code: 'RENDER_FAILED', message: 'source not reachable' } });
    const account = await harness.control('/account?key=ve_test_sandbox');
    expect(account.json.credits).toBe(1000);
  });
});
