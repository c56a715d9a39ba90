import assert from 'node:assert/strict';
import { type Behaviour, behaviour, sharedBehaviour } from './behaviour.ts';
import { eventually, type SandboxTarget, type Target } from './target.ts';

const SCENE = { scenes: [{ duration: 1 }] };
const ERRORS = 'error page';

/** PhantomFlow error page, all of it. */
const CODES = {
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
};

const refusal = async (target: Target, path: string, body?: unknown) => {
  const { status, json } = await target.call(path, body === undefined ? {} : { body });
  return [status, json?.error?.code];
};
const balance = async (target: SandboxTarget) =>
  (await target.control(`/account?key=${target.keyOn('sandbox')}`)).json.credits;

export const PHANTOMFLOW_BASICS: readonly Behaviour[] = [
  sharedBehaviour(
    'free',
    'documented',
    'A missing and an invalid key are both answered with 401 UNAUTHORIZED in the error envelope.',
    ERRORS,
    async (target) => {
      for (const key of [null, 've_live_0000000000000000']) {
        const { status, json } = await target.call('/api/jobs', { key });
        assert.equal(status, 401);
        assert.equal(json.error.code, 'UNAUTHORIZED');
        assert.equal(typeof json.error.message, 'string');
      }
    },
  ),
  sharedBehaviour(
    'free',
    'documented',
    'Every answer carries X-RateLimit-Limit, X-RateLimit-Remaining and X-RateLimit-Reset, refusals too.',
    ERRORS,
    async (target) => {
      for (const key of [undefined, null]) {
        const { headers } = await target.call('/api/jobs', key === undefined ? {} : { key });
        for (const name of ['limit', 'remaining', 'reset']) {
          assert.match(headers.get(`x-ratelimit-${name}`) ?? '', /^\d+$/, name);
        }
      }
    },
  ),
  sharedBehaviour(
    'free',
    'documented',
    'GET /api/render/schema answers a JSON Schema of the movie script, which asks for scenes.',
    ERRORS,
    async (target) => {
      const { status, json } = await target.call('/api/render/schema');
      assert.equal(status, 200);
      assert.equal(JSON.stringify(json).includes('"scenes"'), true);
    },
  ),
  sharedBehaviour(
    'free',
    'documented',
    'A body that is not JSON is refused with INVALID_JSON.',
    ERRORS,
    async (target) => {
      assert.deepEqual(await refusal(target, '/api/render', '{'), [400, 'INVALID_JSON']);
    },
  ),
  sharedBehaviour(
    'free',
    'documented',
    'A script that breaks the schema is refused with SCHEMA_VALIDATION_ERROR and the dotted path of the place.',
    ERRORS,
    async (target) => {
      const { status, json } = await target.call('/api/render', { body: { scenes: [{ duration: 'five' }] } });
      assert.deepEqual(
        [status, json.error.code, json.error.path],
        [400, 'SCHEMA_VALIDATION_ERROR', 'scenes.0.duration'],
      );
    },
  ),
  sharedBehaviour(
    'free',
    'documented',
    'A template render without an id is INVALID_REQUEST; with an unknown one, TEMPLATE_NOT_FOUND.',
    ERRORS,
    async (target) => {
      assert.deepEqual(await refusal(target, '/api/render/template', {}), [400, 'INVALID_REQUEST']);
      const unknown = { template_id: 'tpl_000000000000', variables: {} };
      assert.deepEqual(await refusal(target, '/api/render/template', unknown), [404, 'TEMPLATE_NOT_FOUND']);
    },
  ),
  sharedBehaviour(
    'free',
    'documented',
    'A template without a name is refused with VALIDATION_ERROR.',
    ERRORS,
    async (target) => {
      assert.deepEqual(await refusal(target, '/api/templates', { name: '', script: SCENE }), [400, 'VALIDATION_ERROR']);
    },
  ),
  sharedBehaviour(
    'free',
    'assumed',
    'A job is read at GET /api/jobs/{id}; an unknown one is NOT_FOUND.',
    'the pages imply polling and name no path',
    async (target) => {
      const path = '/api/jobs/00000000-0000-4000-8000-000000000000';
      assert.deepEqual(await refusal(target, path), [404, 'NOT_FOUND']);
    },
  ),
  behaviour(
    'documented',
    'Every code of the error page, 13 in all, can be had by name with the status of the page.',
    ERRORS,
    async (target) => {
      await target.setAccount({ limits: { requestsPerMinute: 10_000 } });
      for (const [code, status] of Object.entries(CODES)) {
        const answer = await target.call('/api/jobs', { headers: { 'x-sandbox-fault': code } });
        assert.deepEqual([answer.status, answer.json.error.code], [status, code]);
      }
    },
  ),
  behaviour(
    'documented',
    'Free has 10 requests a minute and 2 jobs at a time, Starter 60 and 5, Pro 120 and 10.',
    ERRORS,
    async (target) => {
      for (const [plan, requestsPerMinute, concurrentJobs] of [
        ['free', 10, 2],
        ['starter', 60, 5],
        ['pro', 120, 10],
      ] as const) {
        const { json } = await target.control(`/account?key=${target.keyOn(plan)}`);
        assert.deepEqual(
          [json.plan, json.limits.requestsPerMinute, json.limits.concurrentJobs],
          [plan, requestsPerMinute, concurrentJobs],
        );
      }
    },
  ),
  behaviour(
    'assumed',
    'Enterprise, whose numbers are "custom", has 600 requests a minute and 50 jobs at a time.',
    'the error page gives no number',
    async (target) => {
      const { json } = await target.control(`/account?key=${target.keyOn('enterprise')}`);
      assert.deepEqual([json.limits.requestsPerMinute, json.limits.concurrentJobs], [600, 50]);
    },
  ),
  behaviour(
    'documented',
    'Above the plan’s requests a call is refused with RATE_LIMIT_EXCEEDED, and let in after exactly Retry-After seconds.',
    ERRORS,
    async (target) => {
      const key = target.keyOn('free');
      const call = () => target.call('/api/jobs', { key });
      for (let count = 0; count < 10; count += 1) assert.equal((await call()).status, 200);
      const refused = await call();
      assert.deepEqual([refused.status, refused.json.error.code], [429, 'RATE_LIMIT_EXCEEDED']);
      assert.equal(refused.headers.get('x-ratelimit-remaining'), '0');
      await target.advance(Number(refused.headers.get('retry-after')) * 1000);
      assert.equal((await call()).status, 200);
    },
  ),
  behaviour(
    'assumed',
    'The rate window is a fixed minute that opens with the first request, and refused calls cost nothing.',
    '"the current window resets" reads like a fixed one',
    async (target) => {
      const key = target.keyOn('free');
      for (let count = 0; count < 13; count += 1) await target.call('/api/jobs', { key });
      await target.advance(60_000);
      const { headers } = await target.call('/api/jobs', { key });
      assert.equal(headers.get('x-ratelimit-remaining'), '9');
    },
  ),
  behaviour(
    'documented',
    'Above the plan’s concurrent jobs a render is refused with CONCURRENCY_LIMIT_EXCEEDED, and taken when one has ended.',
    ERRORS,
    async (target) => {
      const key = target.keyOn('free');
      const render = (fault: string) =>
        target.call('/api/render', { body: SCENE, key, headers: { 'x-sandbox-fault': fault } });
      await render('stuck:10');
      await target.control('/faults', { do: { job: 'RENDER_FAILED', afterMs: 5000 } });
      const ending = await target.call('/api/render', { body: SCENE, key });
      assert.equal(ending.status, 202);
      const refused = await target.call('/api/render', { body: SCENE, key });
      assert.deepEqual([refused.status, refused.json.error.code], [429, 'CONCURRENCY_LIMIT_EXCEEDED']);
      await eventually(
        async () => {
          await target.advance(5000);
          return (await target.call(`/api/jobs/${ending.json.job_id}`, { key: target.keyOn('free') })).json;
        },
        (job) => job.status === 'failed',
      );
      await target.advance(60_000);
      assert.equal((await render('stuck:10')).status, 202);
    },
  ),
  behaviour(
    'assumed',
    'A concurrency refusal carries no Retry-After, and queued jobs count as running ones.',
    'not told; the harder case for a client was chosen',
    async (target) => {
      await target.setAccount({ limits: { concurrentJobs: 1 } });
      const headers = { 'x-sandbox-fault': 'stuck:queued' };
      assert.equal((await target.call('/api/render', { body: SCENE, headers })).status, 202);
      const refused = await target.call('/api/render', { body: SCENE });
      assert.deepEqual([refused.status, refused.headers.get('retry-after')], [429, null]);
    },
  ),
  behaviour(
    'documented',
    'The estimate is taken when a render is accepted, and comes back when the render fails.',
    'error page, terms',
    async (target) => {
      const headers = { 'x-sandbox-fault': 'job:RENDER_FAILED' };
      const { json } = await target.call('/api/render', { body: { scenes: [{ duration: 7 }] }, headers });
      assert.deepEqual([json.estimated_credits, json.credits_remaining], [7, 993]);
      await eventually(
        () => balance(target),
        (credits) => credits === 1000,
      );
    },
  ),
  behaviour(
    'documented',
    'A render that costs more than is left is refused with INSUFFICIENT_CREDITS, required and balance.',
    ERRORS,
    async (target) => {
      await target.setAccount({ credits: 3 });
      const { status, json } = await target.call('/api/render', { body: { scenes: [{ duration: 4.2 }] } });
      assert.deepEqual(
        [status, json.error.code, json.error.required, json.error.balance],
        [402, 'INSUFFICIENT_CREDITS', 5, 3],
      );
    },
  ),
  behaviour(
    'assumed',
    'A script is checked first against the schema, then the concurrent jobs, then the credits.',
    'no page tells the order',
    async (target) => {
      await target.setAccount({ credits: 0, limits: { concurrentJobs: 0 } });
      assert.deepEqual(await refusal(target, '/api/render', { scenes: [] }), [400, 'SCHEMA_VALIDATION_ERROR']);
      assert.deepEqual(await refusal(target, '/api/render', SCENE), [429, 'CONCURRENCY_LIMIT_EXCEEDED']);
      await target.setAccount({ limits: { concurrentJobs: 1 } });
      assert.deepEqual(await refusal(target, '/api/render', SCENE), [402, 'INSUFFICIENT_CREDITS']);
    },
  ),
];
