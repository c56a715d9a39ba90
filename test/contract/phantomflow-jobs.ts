import assert from 'node:assert/strict';
import { type Behaviour, behaviour, sharedBehaviour } from './behaviour.ts';
import { eventually, type Target } from './target.ts';

const MOVIE = {
  width: 160,
  height: 90,
  fps: 5,
  scenes: [{ duration: 1.4, elements: [{ type: 'text', text: 'contract' }] }],
};
const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/;

const isEnded = ({ status }: { readonly status: string }) => status === 'completed' || status === 'failed';
const read = async (target: Target, id: string) => (await target.call(`/api/jobs/${id}`)).json;
const failing = (body: object) => ({ body, headers: { 'x-sandbox-fault': 'job:RENDER_FAILED' } });

export const PHANTOMFLOW_JOBS: readonly Behaviour[] = [
  sharedBehaviour(
    'paid',
    'documented',
    'A render is answered with 202, a UUID as job_id, the status queued, the estimate and the balance after it.',
    'API reference',
    async (target) => {
      const { status, json } = await target.call('/api/render', { body: MOVIE });
      assert.equal(status, 202);
      assert.match(json.job_id, UUID);
      assert.equal(json.status, 'queued');
      for (const field of ['estimated_credits', 'credits_remaining']) assert.equal(typeof json[field], 'number', field);
    },
  ),
  sharedBehaviour(
    'paid',
    'documented',
    'A finished job has the status completed, output_url, duration_seconds and credits_used, and the output is an MP4.',
    'webhook page; that the job has the same fields is assumed',
    async (target) => {
      const { job_id: id } = (await target.call('/api/render', { body: MOVIE })).json;
      const job = await eventually(() => read(target, id), isEnded, 300_000);
      assert.equal(job.status, 'completed');
      assert.ok(Math.abs(job.duration_seconds - 1.4) < 0.5, `duration ${job.duration_seconds}`);
      const { status, text } = await target.open(job.output_url);
      assert.deepEqual([status, text.slice(4, 8)], [200, 'ftyp']);
    },
  ),
  behaviour(
    'assumed',
    'A second of film costs one credit, rounded up to a whole one at the end.',
    'the samples show 15.2 s and 16 credits',
    async (target) => {
      const { job_id: id, estimated_credits: estimate } = (await target.call('/api/render', { body: MOVIE })).json;
      assert.equal(estimate, 2);
      const job = await eventually(() => read(target, id), isEnded);
      assert.equal(job.credits_used, 2);
    },
  ),
  behaviour(
    'assumed',
    'A running job has the status processing, and a progress from 0 to 1.',
    'only queued, completed and failed are named',
    async (target) => {
      const headers = { 'x-sandbox-fault': 'stuck:40' };
      const { job_id: id } = (await target.call('/api/render', { body: MOVIE, headers })).json;
      const job = await eventually(
        () => read(target, id),
        ({ status }) => status !== 'queued',
      );
      assert.deepEqual([job.status, job.progress], ['processing', 0.4]);
    },
  ),
  behaviour(
    'documented',
    'A failed job carries error.code RENDER_FAILED and a message, and no output.',
    'error and webhook pages',
    async (target) => {
      const { job_id: id } = (await target.call('/api/render', failing(MOVIE))).json;
      const job = await eventually(() => read(target, id), isEnded);
      assert.deepEqual([job.status, job.error.code, 'output_url' in job], ['failed', 'RENDER_FAILED', false]);
    },
  ),
  behaviour(
    'assumed',
    'The same script sent twice makes two jobs: there is no idempotency.',
    'no page names a key, a header or a duplicate check',
    async (target) => {
      const ids = [];
      for (const _ of [1, 2]) {
        const headers = { 'x-sandbox-fault': 'stuck:queued', 'idempotency-key': 'same' };
        ids.push((await target.call('/api/render', { body: MOVIE, headers })).json.job_id);
      }
      assert.notEqual(ids[0], ids[1]);
    },
  ),
  behaviour(
    'documented',
    'The webhook is one POST of the terminal state with job_id, status and the result or the error, and nothing else.',
    'webhook page',
    async (target) => {
      const receiver = await target.receiver();
      const { job_id: id } = (await target.call('/api/render', failing({ ...MOVIE, webhook_uri: receiver.url }))).json;
      await eventually(
        async () => receiver.posts.length,
        (count) => count === 1,
      );
      const body = JSON.parse(receiver.posts[0]?.text ?? '');
      assert.deepEqual(
        [body.job_id, body.status, Object.keys(body).sort()],
        [id, 'failed', ['error', 'job_id', 'status']],
      );
    },
  ),
  behaviour(
    'assumed',
    'A webhook that is not answered with 2xx is repeated five times, after 1, 2, 4, 8 and 16 seconds; nothing is signed.',
    'exponential backoff is documented; the table of it could not be read',
    async (target) => {
      const receiver = await target.receiver();
      receiver.answer(500, 500, 500, 500, 500, 500);
      await target.call('/api/render', failing({ ...MOVIE, webhook_uri: receiver.url }));
      for (const [index, seconds] of [1, 2, 4, 8, 16].entries()) {
        await eventually(
          async () => receiver.posts.length,
          (count) => count === index + 1,
        );
        await recorded(target, index + 1);
        await target.advance(seconds * 1000);
      }
      await eventually(
        async () => receiver.posts.length,
        (count) => count === 6,
      );
      await recorded(target, 6);
      await target.advance(3_600_000);
      const [delivery] = (await target.control('/webhooks')).json.deliveries;
      assert.deepEqual([delivery.status, delivery.attempts.length, receiver.posts.length], ['failed', 6, 6]);
      assert.equal(
        Object.keys(receiver.posts[0]?.headers ?? {}).some((name) => name.includes('signature')),
        false,
      );
    },
  ),
  behaviour(
    'documented',
    'A template keeps a script with {{placeholders}}, and a render fills them with its variables.',
    'templates page; the answers are assumed',
    async (target) => {
      const script = { scenes: [{ duration: 1, elements: [{ type: 'text', text: '{{headline}}' }] }] };
      const made = await target.call('/api/templates', { body: { name: 'Shop reel', script } });
      assert.equal(made.status, 201);
      const { template_id: id } = made.json;
      const listed = (await target.call('/api/templates')).json.templates;
      assert.equal(
        listed.some((template: { readonly template_id: string }) => template.template_id === id),
        true,
      );
      const render = await target.call(
        '/api/render/template',
        failing({ template_id: id, variables: { headline: 'Hi' } }),
      );
      assert.equal(render.status, 202);
    },
  ),
  behaviour(
    'assumed',
    'A placeholder without a variable is refused with INVALID_REQUEST: nobody pays for a film that shows braces.',
    'what the vendor does is not told',
    async (target) => {
      const script = { scenes: [{ duration: 1, elements: [{ type: 'text', text: '{{headline}}' }] }] };
      const { template_id: id } = (await target.call('/api/templates', { body: { name: 'n', script } })).json;
      const { status, json } = await target.call('/api/render/template', { body: { template_id: id, variables: {} } });
      assert.deepEqual([status, json.error.code, json.error.path], [400, 'INVALID_REQUEST', 'variables.headline']);
    },
  ),
  behaviour(
    'documented',
    'A private template of somebody else is FORBIDDEN in a render; a public one may be used.',
    'error page, which elsewhere says 404',
    async (target) => {
      const script = { scenes: [{ duration: 1 }] };
      const statuses = [];
      for (const is_public of [false, true]) {
        const body = { name: 'n', script, is_public };
        const { template_id } = (await target.call('/api/templates', { body, key: target.keyOn('other') })).json;
        statuses.push((await target.call('/api/render/template', failing({ template_id }))).status);
      }
      assert.deepEqual(statuses, [403, 202]);
    },
  ),
  behaviour(
    'assumed',
    'GET /api/jobs answers { jobs, total, limit, offset }, newest first.',
    'only the path is documented',
    async (target) => {
      const ids = [];
      for (const _ of [1, 2]) ids.push((await target.call('/api/render', failing(MOVIE))).json.job_id);
      const { json } = await target.call('/api/jobs?limit=1');
      assert.deepEqual([json.jobs[0].job_id, json.total, json.limit, json.offset], [ids[1], 2, 1, 0]);
    },
  ),
  behaviour(
    'assumed',
    'A limit or an offset of the job list that makes no sense is ignored, and a limit above 100 counts as 100.',
    'paging is not documented, and an unknown parameter would be ignored too',
    async (target) => {
      const page = async (query: string) => {
        const { status, json } = await target.call(`/api/jobs?${query}`);
        return [status, json.limit, json.offset];
      };
      assert.deepEqual(await page('limit=abc&offset=-1'), [200, 50, 0]);
      assert.deepEqual(await page('limit=1000'), [200, 100, 0]);
    },
  ),
];

/** The pause before a repeat begins when the sandbox has read the answer, not when the receiver has sent it. */
async function recorded(target: Parameters<Extract<Behaviour, { live?: undefined }>['check']>[0], attempts: number) {
  await eventually(
    async () => (await target.control('/webhooks')).json.deliveries[0]?.attempts.length,
    (count) => count === attempts,
  );
}
