import assert from 'node:assert/strict';
import { type Behaviour, behaviour, sharedBehaviour } from './behaviour.ts';
import { JOB } from './rendobar-basics.ts';
import { eventually, type Target } from './target.ts';

const CLIP = {
  type: 'ffmpeg',
  params: { command: 'ffmpeg -f lavfi -i testsrc=duration=1:size=160x90:rate=10 -pix_fmt yuv420p out.mp4' },
};
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const isEnded = ({ status }: { readonly status: string }) => ['complete', 'failed', 'cancelled'].includes(status);
const read = async (target: Target, id: string) => (await target.call(`/jobs/${id}`)).json.data;
const submit = (target: Target, extra: object = {}, fault?: string) =>
  target.call('/jobs', {
    body: { ...JOB, ...extra },
    ...(fault === undefined ? {} : { headers: { 'x-sandbox-fault': fault } }),
  });

async function render(target: Target, body: object = CLIP) {
  const { id } = (await target.call('/jobs', { body })).json.data;
  return eventually(() => read(target, id), isEnded, 300_000);
}

export const RENDOBAR_JOBS: readonly Behaviour[] = [
  sharedBehaviour(
    'paid',
    'documented',
    'A job is answered with 201 and waiting, and ends complete with one output file, its size, its meta and a signed URL.',
    'quickstart, job page',
    async (target) => {
      const accepted = await target.call('/jobs', { body: CLIP });
      assert.deepEqual([accepted.status, accepted.json.data.status], [201, 'waiting']);
      assert.match(accepted.json.data.id, /^job_\w+$/);
      const job = await eventually(() => read(target, accepted.json.data.id), isEnded, 300_000);
      assert.equal(job.status, 'complete');
      const { output } = job;
      assert.deepEqual(output.files, [output.file]);
      assert.deepEqual([output.data, output.file.path, output.file.type], [null, 'out.mp4', 'video']);
      assert.ok(Math.abs(output.file.meta.durationMs - 1000) < 300, `lasts ${output.file.meta.durationMs} ms`);
      const { status, text } = await target.open(output.file.url);
      assert.deepEqual([status, text.slice(4, 8)], [200, 'ftyp']);
      assert.equal('error' in job, false);
    },
  ),
  sharedBehaviour(
    'paid',
    'client-source',
    'A repeated idempotencyKey answers 200 with the first job and idempotent true, whatever the payload.',
    'n8n node, Activepieces piece',
    async (target) => {
      const idempotencyKey = `contract-${crypto.randomUUID()}`;
      const first = await target.call('/jobs', { body: { ...CLIP, idempotencyKey } });
      const again = await target.call('/jobs', { body: { ...CLIP, idempotencyKey, inputs: {} } });
      assert.deepEqual([again.status, again.json.data.id], [200, first.json.data.id]);
      assert.equal(again.json.data.idempotent, true);
    },
  ),
  behaviour(
    'client-source',
    'The key of a job that never ran is dead: CONFLICT with details.jobId.',
    'n8n node',
    async (target) => {
      const dead = await submit(target, { idempotencyKey: 'row-1' }, 'job:DISPATCH_EXHAUSTED');
      await eventually(() => read(target, dead.json.data.id), isEnded);
      const { status, json } = await submit(target, { idempotencyKey: 'row-1' });
      assert.deepEqual([status, json.error.code, json.error.details], [409, 'CONFLICT', { jobId: dead.json.data.id }]);
    },
  ),
  behaviour(
    'assumed',
    'Two submits that bring one new key at the same time make one job, and both are told of it.',
    'the n8n node has seen 409 in that moment',
    async (target) => {
      const answers = await Promise.all([1, 2].map(() => submit(target, { idempotencyKey: 'row-2' })));
      assert.equal(new Set(answers.map(({ json }) => json.data.id)).size, 1);
    },
  ),
  behaviour(
    'client-source',
    'The callback of a replay is not registered: the first submit said who is called.',
    'n8n node, Activepieces piece',
    async (target) => {
      const first = await submit(target, { idempotencyKey: 'row-3' }, 'stuck:queued');
      const callback = { url: 'https://hooks.example.org/' };
      const { json } = await submit(target, { idempotencyKey: 'row-3', callback });
      assert.equal(json.data.id, first.json.data.id);
      assert.equal((await read(target, json.data.id)).callback, null);
    },
  ),
  behaviour(
    'documented',
    'A list has fifty jobs unless it is asked for fewer or more, newest first.',
    'limits page',
    async (target) => {
      for (let count = 0; count < 50; count += 1) await submit(target, {}, 'stuck:queued');
      const newest = (await submit(target, {}, 'stuck:queued')).json.data.id;
      const { data, meta } = (await target.call('/jobs')).json;
      assert.deepEqual([data.length, data[0].id, meta.total], [50, newest, 51]);
      assert.equal((await target.call('/jobs?limit=100')).json.data.length, 51);
    },
  ),
  behaviour(
    'client-source',
    'A list is filtered by status, type, client and time, and sorted by created, duration or cost in either order.',
    'n8n node, Activepieces piece',
    async (target) => {
      const ids = [];
      for (const _ of [1, 2]) ids.push((await submit(target, {}, 'stuck:queued')).json.data.id);
      const listed = async (query: string) =>
        (await target.call(`/jobs?${query}`)).json.data.map(({ id }: { readonly id: string }) => id);
      assert.deepEqual(await listed('sort=created&order=asc'), ids);
      assert.deepEqual(await listed('status=waiting&type=ffmpeg&client=api&from=0'), ids.toReversed());
      for (const query of ['status=failed', 'type=compose', 'client=n8n', 'to=1']) {
        assert.deepEqual(await listed(query), [], query);
      }
    },
  ),
  behaviour(
    'documented',
    'A waiting or running job can be cancelled; the answer is the whole job, and a second cancel is CONFLICT.',
    'job page',
    async (target) => {
      for (const fault of ['stuck:queued', 'stuck:40']) {
        const { id } = (await submit(target, {}, fault)).json.data;
        const cancel = () => target.call(`/jobs/${id}/cancel`, { method: 'POST' });
        const { json } = await cancel();
        assert.deepEqual([json.data.id, json.data.status, json.data.type], [id, 'cancelled', 'ffmpeg']);
        const again = await cancel();
        assert.deepEqual([again.status, again.json.error.code], [409, 'CONFLICT']);
      }
    },
  ),
  behaviour(
    'documented',
    'A failed job is read with 200 and carries code, message, detail, retryable and failedPhase.',
    'job page, ffmpeg page',
    async (target) => {
      const { id } = (await submit(target, {}, 'job:RUNNER_ERROR')).json.data;
      const { error } = await eventually(() => read(target, id), isEnded);
      assert.deepEqual(Object.keys(error).sort(), ['code', 'detail', 'failedPhase', 'message', 'retryable']);
      assert.deepEqual([error.code, error.retryable, error.failedPhase], ['RUNNER_ERROR', false, 'processing']);
    },
  ),
  behaviour(
    'documented',
    'An ended job is charged for the compute it used, a failed one too; one that never started is free.',
    'credits page',
    async (target) => {
      await target.control('/faults', { do: { job: 'PROVIDER_CRASHED', afterMs: 30_000 } });
      const crashed = (await submit(target)).json.data.id;
      await eventually(
        () => read(target, crashed),
        ({ status }) => status === 'running',
      );
      await target.advance(30_000);
      const never = (await submit(target, {}, 'job:RUNNER_TIMEOUT')).json.data.id;
      await eventually(() => read(target, never), isEnded);
      await eventually(() => read(target, crashed), isEnded);
      await target.advance(1000);
      assert.ok((await read(target, crashed)).cost.amount > 0);
      assert.equal((await read(target, never)).cost.amount, 0);
    },
  ),
  behaviour(
    'client-source',
    'The cost is null right at the end of a job, and settles a moment later.',
    'Activepieces page; 250 ms are assumed',
    async (target) => {
      await target.control('/faults', { do: { job: 'RUNNER_ERROR', afterMs: 1000 } });
      const { id } = (await submit(target)).json.data;
      await eventually(
        () => read(target, id),
        ({ status }) => status === 'running',
      );
      await target.advance(1000);
      const job = await eventually(() => read(target, id), isEnded);
      if (job.settledAt === null) assert.equal(job.cost, null);
      await target.advance(250);
      const { amount, currency, formatted } = (await read(target, id)).cost;
      assert.deepEqual([Number.isInteger(amount), currency, formatted], [true, 'USD', '$0.00']);
    },
  ),
  behaviour(
    'documented',
    'Output links last one hour; the job read again has fresh ones.',
    'limits page, quickstart',
    async (target) => {
      const job = await render(target);
      await target.advance(HOUR_MS - 60_000);
      assert.equal((await target.open(job.output.file.url)).status, 200);
      await target.advance(60_000);
      assert.equal((await target.open(job.output.file.url)).status >= 400, true);
      assert.equal((await target.open((await read(target, job.id)).output.file.url)).status, 200);
    },
  ),
  behaviour('assumed', 'A spent output link answers 403 FORBIDDEN.', 'the status is not told', async (target) => {
    const { id } = (await submit(target, CLIP, 'output:expired')).json.data;
    const { output } = await eventually(() => read(target, id), isEnded);
    const { status, json } = await target.open(output.file.url);
    assert.deepEqual([status, json.error.code], [403, 'FORBIDDEN']);
  }),
  behaviour(
    'documented',
    'After the plan’s retention the API answers GONE for the output, and the raw link 404.',
    'error page for GONE, limits page for the 404',
    async (target) => {
      const job = await render(target);
      await target.advance(30 * DAY_MS - 60_000);
      const { url } = (await read(target, job.id)).output.file;
      await target.advance(60_000);
      const { status, json } = await target.call(`/jobs/${job.id}/download`);
      assert.deepEqual([status, json.error.code, (await target.open(url)).status], [410, 'GONE', 404]);
    },
  ),
  behaviour(
    'documented',
    'An input { job } is the output of a finished job of the same organization.',
    'ffmpeg page',
    async (target) => {
      const first = await render(target);
      const second = await render(target, {
        type: 'ffmpeg',
        inputs: { 'in.mp4': { job: first.id } },
        params: { command: 'ffmpeg -i in.mp4 -frames:v 1 out.png' },
      });
      assert.deepEqual([second.status, second.output.file.type], ['complete', 'image']);
    },
  ),
  behaviour(
    'client-source',
    'Logs are entries of timestamp, level, event and message; a job that has none answers 404.',
    'n8n node',
    async (target) => {
      const job = await render(target);
      const { data } = (await target.call(`/jobs/${job.id}/logs`)).json;
      const events = data.map(({ event }: { readonly event: string }) => event);
      assert.deepEqual([events[0], events.at(-1)], ['job.start', 'job.complete']);
      const { id } = (await submit(target, {}, 'stuck:queued')).json.data;
      assert.equal((await target.call(`/jobs/${id}/logs`)).status, 404);
    },
  ),
  behaviour(
    'client-source',
    'A share is one public link for a job: made once, then CONFLICT; read, or null; and taken back.',
    'Activepieces piece, early OpenAPI file',
    async (target) => {
      const { id } = await render(target);
      const share = (method: string) => target.call(`/jobs/${id}/share`, { method });
      const made = await share('POST');
      assert.deepEqual([made.status, (await share('POST')).status], [201, 409]);
      assert.equal((await target.open(made.json.data.shareUrl)).status, 200);
      await share('DELETE');
      assert.deepEqual(
        [(await share('GET')).json.data, (await target.open(made.json.data.shareUrl)).status],
        [null, 404],
      );
    },
  ),
];
