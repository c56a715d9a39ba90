import assert from 'node:assert/strict';
import { type Behaviour, behaviour, sharedBehaviour } from './behaviour.ts';
import { eventually, type Target } from './target.ts';

const ERRORS = 'error page';
const LIMITS = 'limits page';
const DAY_MS = 86_400_000;

/** Rendobar error page, its later edition; INSUFFICIENT_SCOPE: scopes page. */
const CODES = {
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
};

export const JOB = { type: 'ffmpeg', params: { command: 'ffmpeg -i https://example.com/a.mp4 out.mp4' } };

const MB = 1024 ** 2;
const PLANS = {
  free: { concurrent: 1, queued: 50, rate: 120, file: 500 * MB, seconds: 3600, days: 7, storage: 5 * 1024 * MB },
  pro: {
    concurrent: 20,
    queued: 1000,
    rate: 600,
    file: 10_240 * MB,
    seconds: 32_400,
    days: 30,
    storage: 250 * 1024 * MB,
  },
};

const refusal = async (target: Target, path: string, options: Parameters<Target['call']>[1] = {}) => {
  const { status, json } = await target.call(path, options);
  return [status, json?.error?.code];
};

export const RENDOBAR_BASICS: readonly Behaviour[] = [
  sharedBehaviour(
    'free',
    'documented',
    'A missing and an unknown key are answered with 401 UNAUTHORIZED in the envelope { error: { code, message } }.',
    ERRORS,
    async (target) => {
      for (const key of [null, 'rb_000000000000']) {
        const { status, json } = await target.call('/jobs', { key });
        assert.deepEqual([status, json.error.code, typeof json.error.message], [401, 'UNAUTHORIZED', 'string']);
        assert.equal('data' in json, false);
      }
    },
  ),
  sharedBehaviour(
    'free',
    'documented',
    'The catalogue of job types and their schemas is public; the schema carries an ETag.',
    'jobs page; the ETag is seen in the Activepieces piece',
    async (target) => {
      const { json } = await target.call('/jobs/types', { key: null });
      assert.equal(
        json.data.some(({ type }: { readonly type: string }) => type === 'ffmpeg'),
        true,
      );
      const schema = await target.call('/jobs/types/ffmpeg/schema', { key: null });
      assert.equal(schema.json.data.type, 'ffmpeg');
      const headers = { 'if-none-match': schema.headers.get('etag') ?? '' };
      assert.equal((await target.call('/jobs/types/ffmpeg/schema', { key: null, headers })).status, 304);
    },
  ),
  behaviour(
    'client-source',
    'The nine live types are in the catalogue; only ffmpeg renders here, the others answer NOT_IMPLEMENTED.',
    'n8n node of August 2026; refusing to render is the sandbox’s own',
    async (target) => {
      const { json } = await target.call('/jobs/types', { key: null });
      assert.equal(json.data.length, 9);
      const body = { type: 'image.upscale', inputs: { source: 'https://example.com/a.png' }, params: {} };
      assert.deepEqual(await refusal(target, '/jobs', { body }), [501, 'NOT_IMPLEMENTED']);
    },
  ),
  sharedBehaviour(
    'free',
    'documented',
    'POST /ffmpeg/validate needs no key, costs nothing and answers 200 for a bad command too, with valid false.',
    'ffmpeg page; the 200 is implied',
    async (target) => {
      const validate = (command: string) => target.call('/ffmpeg/validate', { body: { command }, key: null });
      const good = await validate('ffmpeg -i in.mp4 out.mp4');
      assert.deepEqual([good.status, good.json.data.valid], [200, true]);
      const bad = await validate('ffmpeg -i in.mp4 -not_an_option 1 out.mp4');
      assert.deepEqual([bad.status, bad.json.data.valid, typeof bad.json.data.error], [200, false, 'string']);
    },
  ),
  sharedBehaviour('free', 'documented', 'A job that does not exist is NOT_FOUND.', ERRORS, async (target) => {
    assert.deepEqual(await refusal(target, '/jobs/job_000000000000'), [404, 'NOT_FOUND']);
  }),
  sharedBehaviour(
    'free',
    'documented',
    'A body that breaks the schema is refused with VALIDATION_ERROR and details that name the place.',
    ERRORS,
    async (target) => {
      const { status, json } = await target.call('/jobs', { body: { type: 'ffmpeg', params: {} } });
      assert.deepEqual([status, json.error.code], [400, 'VALIDATION_ERROR']);
      assert.match(JSON.stringify(json.error.details), /command/);
    },
  ),
  sharedBehaviour('free', 'documented', 'An unknown type is refused with INVALID_JOB_TYPE.', ERRORS, async (target) => {
    const body = { ...JOB, type: 'no.such.type' };
    assert.deepEqual(await refusal(target, '/jobs', { body }), [400, 'INVALID_JOB_TYPE']);
  }),
  sharedBehaviour(
    'free',
    'documented',
    'The job list is paged by limit and offset and tells data and meta.total.',
    LIMITS,
    async (target) => {
      const { status, json } = await target.call('/jobs?limit=1&offset=0');
      assert.equal(status, 200);
      assert.ok(Array.isArray(json.data) && json.data.length <= 1);
      assert.equal(typeof json.meta.total, 'number');
    },
  ),
  behaviour(
    'assumed',
    'A limit above 100 in a list is refused, not clipped.',
    'only the maximum is told',
    async (target) => {
      assert.deepEqual(await refusal(target, '/jobs?limit=101'), [400, 'VALIDATION_ERROR']);
    },
  ),
  behaviour(
    'documented',
    'An input on a private or link-local address is refused with INPUT_URL_BLOCKED before the job exists.',
    'probe page',
    async (target) => {
      for (const url of ['http://10.0.0.1/a.mp4', 'http://169.254.169.254/a.mp4']) {
        const body = { ...JOB, inputs: { 'in.mp4': url } };
        assert.deepEqual(await refusal(target, '/jobs', { body }), [400, 'INPUT_URL_BLOCKED']);
      }
      assert.equal((await target.call('/jobs')).json.meta.total, 0);
    },
  ),
  behaviour(
    'documented',
    'Every code of the error page, 26 in all, and INSUFFICIENT_SCOPE can be had by name with the status of the page.',
    ERRORS,
    async (target) => {
      for (const [code, status] of Object.entries(CODES)) {
        assert.deepEqual(await refusal(target, '/jobs', { headers: { 'x-sandbox-fault': code } }), [status, code]);
      }
    },
  ),
  behaviour(
    'documented',
    'Free and Pro have the limits of the plan table: jobs, backlog, requests, file size, job time, retention, storage.',
    LIMITS,
    async (target) => {
      for (const [plan, row] of Object.entries(PLANS)) {
        const { limits } = (await target.call('/account/capabilities', { key: target.keyOn(plan) })).json.data;
        assert.deepEqual(limits, {
          concurrentJobs: row.concurrent,
          maxQueuedJobs: row.queued,
          apiRequestsPerMinute: row.rate,
          maxInputFileSize: row.file,
          maxJobTimeout: row.seconds,
          outputRetentionDays: row.days,
          storageQuota: row.storage,
        });
      }
    },
  ),
  behaviour(
    'documented',
    'Above the plan’s requests a call is refused with RATE_LIMITED and let in after exactly Retry-After seconds.',
    'error page; the n8n node says that the header is missing today',
    async (target) => {
      const key = target.keyOn('free');
      await target.setAccount({ limits: { requestsPerMinute: 3 } }, key);
      for (let count = 0; count < 3; count += 1) assert.equal((await target.call('/jobs', { key })).status, 200);
      const refused = await target.call('/jobs', { key });
      assert.deepEqual([refused.status, refused.json.error.code], [429, 'RATE_LIMITED']);
      await target.advance(Number(refused.headers.get('retry-after')) * 1000);
      assert.equal((await target.call('/jobs', { key })).status, 200);
    },
  ),
  behaviour(
    'assumed',
    'The rate window is a fixed minute, public routes are not counted, and no X-RateLimit header is sent.',
    'neither the window nor a header is documented',
    async (target) => {
      await target.setAccount({ limits: { requestsPerMinute: 1 } });
      const first = await target.call('/jobs');
      assert.equal(
        [...first.headers.keys()].some((name) => name.startsWith('x-ratelimit')),
        false,
      );
      assert.equal((await target.call('/jobs/types')).status, 200);
      assert.equal((await target.call('/jobs')).status, 429);
      await target.advance(60_000);
      assert.equal((await target.call('/jobs')).status, 200);
    },
  ),
  behaviour(
    'documented',
    'Above the concurrent jobs a job waits; above the backlog it is refused with QUEUE_FULL, without Retry-After.',
    'credits page',
    async (target) => {
      const key = target.keyOn('free');
      await target.setAccount({ limits: { queuedJobs: 1 } }, key);
      const submit = () => target.call('/jobs', { body: JOB, key, headers: { 'x-sandbox-fault': 'stuck:10' } });
      assert.deepEqual([(await submit()).status, (await submit()).status], [201, 201]);
      const full = await submit();
      assert.deepEqual([full.status, full.json.error.code, full.headers.get('retry-after')], [429, 'QUEUE_FULL', null]);
      const states = (await target.call('/jobs', { key })).json.data.map(
        ({ status }: { readonly status: string }) => status,
      );
      assert.deepEqual(states, ['waiting', 'running']);
    },
  ),
  behaviour(
    'documented',
    'A submit is checked first against the plan, which includes its type, then the balance, which must be above zero, then the schema.',
    'job and credits pages; the error page counts unknown types among those that are not on the plan',
    async (target) => {
      await target.setAccount({ credits: 0 });
      const submit = (params: object) => refusal(target, '/jobs', { body: { ...JOB, params } });
      assert.deepEqual(await submit({ command: 7, timeout: 40_000 }), [403, 'PLAN_LIMIT']);
      const unknown = await refusal(target, '/jobs', { body: { ...JOB, type: 'nope' } });
      assert.deepEqual(unknown, [400, 'INVALID_JOB_TYPE']);
      assert.deepEqual(await submit({ command: 7 }), [402, 'INSUFFICIENT_CREDITS']);
      await target.setAccount({ credits: 0.01 });
      assert.deepEqual(await submit({ command: 7 }), [400, 'VALIDATION_ERROR']);
    },
  ),
  behaviour(
    'documented',
    'GPU compute, a timeout above the plan and sharing are refused on Free with PLAN_LIMIT.',
    'ffmpeg page; sharing: early OpenAPI file',
    async (target) => {
      const key = target.keyOn('free');
      for (const extra of [{ compute: 'gpu' }, { timeout: 3601 }]) {
        const body = { ...JOB, params: { ...JOB.params, ...extra } };
        assert.deepEqual(await refusal(target, '/jobs', { body, key }), [403, 'PLAN_LIMIT']);
      }
      const headers = { 'x-sandbox-fault': 'stuck:queued' };
      const { id } = (await target.call('/jobs', { body: JOB, key, headers })).json.data;
      assert.deepEqual(await refusal(target, `/jobs/${id}/share`, { method: 'POST', key }), [403, 'PLAN_LIMIT']);
    },
  ),
  behaviour(
    'documented',
    'An API key can never make keys: POST /api-keys answers INSUFFICIENT_SCOPE and WWW-Authenticate.',
    'scopes page',
    async (target) => {
      const { status, json, headers } = await target.call('/api-keys', { body: {} });
      assert.deepEqual([status, json.error.code], [403, 'INSUFFICIENT_SCOPE']);
      assert.match(headers.get('www-authenticate') ?? '', /error="insufficient_scope".*scope="keys:write"/);
    },
  ),
  behaviour(
    'client-source',
    'Billing speaks of dollars: GET /billing/state has balance.amount, the plan and its limits.',
    'n8n node',
    async (target) => {
      await target.setAccount({ credits: 4.86 });
      const { balance, plan } = (await target.call('/billing/state')).json.data;
      assert.deepEqual([balance, plan.slug, plan.limits.concurrentJobs], [{ amount: 4.86 }, 'pro', 20]);
    },
  ),
  behaviour(
    'assumed',
    'Free opens with 5 dollars and Pro with 25; a minute of compute costs 0.05.',
    'Free: credits page; Pro is invented; the price is that of April 2026',
    async (target) => {
      for (const [plan, dollars] of [
        ['free', 5],
        ['pro', 25],
      ] as const) {
        const { balance } = (await target.call('/billing/state', { key: target.keyOn(plan) })).json.data;
        assert.deepEqual(balance, { amount: dollars });
      }
      await target.control('/faults', { do: { job: 'JOB_TIMEOUT', afterMs: 60_000 } });
      const { id } = (await target.call('/jobs', { body: JOB })).json.data;
      await eventually(
        async () => (await target.call(`/jobs/${id}`)).json.data.status,
        (status) => status === 'running',
      );
      await target.advance(60_000);
      await target.advance(DAY_MS);
      const { totalAmountCharged } = (await target.call('/billing/usage?start=2000-01-01&end=2099-01-01')).json.data;
      assert.ok(Math.abs(totalAmountCharged - 0.05e9) < 1e7, `charged ${totalAmountCharged}`);
    },
  ),
];
