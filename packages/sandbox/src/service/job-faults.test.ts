import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHarness, finishRender, type Harness, settle } from './__fixtures__/harness.ts';

let harness: Harness;
beforeEach(async () => {
  harness = await createHarness();
});
afterEach(() => harness.close());

const SUBMIT = { type: 'ffmpeg', params: { command: '-i a.mp4 o.mp4' } };

async function submit(fault: string): Promise<string> {
  const { json } = await harness.rendobar('/jobs', { body: SUBMIT, headers: { 'x-sandbox-fault': fault } });
  return json.data.id;
}
const read = async (id: string) => (await harness.rendobar(`/jobs/${id}`)).json.data;
const pass = async (ms: number) => {
  await settle();
  harness.clock.advance(ms);
  await settle();
};
const withoutOrigin = (url: string) => url.replace(/^http:\/\/sandbox\.test\/\w+/, '');

describe('a job fault', () => {
  it('leaves a job in the queue until it is cancelled, and others pass it', async () => {
    const stuck = await submit('stuck:queued');
    const next = (await harness.rendobar('/jobs', { body: SUBMIT })).json.data.id;
    await finishRender(harness);
    await pass(86_400_000);
    expect([(await read(stuck)).status, (await read(next)).status]).toEqual(['waiting', 'complete']);
    await harness.rendobar(`/jobs/${stuck}/cancel`, { method: 'POST' });
    expect(await read(stuck)).toMatchObject({ status: 'cancelled', startedAt: null });
  });

  it('stops a job at a percentage and keeps its slot', async () => {
    const id = await submit('stuck:40');
    await pass(86_400_000);
    expect(await read(id)).toMatchObject({ status: 'running', progress: 0.4 });
    expect(harness.service.jobs.counts((await read(id)).orgId)).toEqual({ waiting: 0, active: 1 });
  });

  it('lets a job run for a while before it fails', async () => {
    const rule = { do: { job: 'PROVIDER_CRASHED', afterMs: 90_000, progress: 0.9 } };
    await harness.control('/faults', { body: rule });
    const id = (await harness.rendobar('/jobs', { body: SUBMIT })).json.data.id;
    await pass(89_999);
    expect(await read(id)).toMatchObject({ status: 'running', progress: 0.9 });
    await pass(1);
    await pass(250);
    expect(await read(id)).toMatchObject({ status: 'failed', error: { code: 'PROVIDER_CRASHED' } });
    expect((await read(id)).cost.amount).toBeGreaterThan(0);
  });

  it('makes a job fail at the end of a render that was really carried out', async () => {
    const id = await submit('late:RUNNER_ERROR');
    await harness.renderer.started(1);
    harness.renderer.pending[0]?.context.onProgress(0.99);
    await finishRender(harness);
    expect(await read(id)).toMatchObject({ status: 'failed', progress: 0.99, error: { code: 'RUNNER_ERROR' } });
    expect(await read(id)).not.toHaveProperty('output');
  });

  it('hands out links that have expired, although the output is there', async () => {
    const id = await submit('output:expired');
    await finishRender(harness);
    const { url } = (await read(id)).output.file;
    const answer = await harness.rendobar(withoutOrigin(url), { key: null });
    expect([answer.status, answer.json.error.message]).toMatchObject([403, expect.stringContaining('expired')]);
    expect((await harness.rendobar(`/jobs/${id}/download`)).status).toBe(200);
  });

  it('takes the output away behind a link that is valid', async () => {
    const id = await submit('output:gone');
    await finishRender(harness);
    const { url } = (await read(id)).output.file;
    expect((await harness.rendobar(withoutOrigin(url), { key: null })).status).toBe(404);
    expect((await harness.rendobar(`/jobs/${id}/download`)).json.error.code).toBe('GONE');
  });

  it.each([
    ['output:expired', 403],
    ['output:gone', 404],
  ])('%s makes PhantomFlow’s output link answer %i', async (fault, status) => {
    const body = { scenes: [{ duration: 1 }] };
    const { json } = await harness.phantomflow('/api/render', { body, headers: { 'x-sandbox-fault': fault } });
    await finishRender(harness);
    const { output_url: url } = (await harness.phantomflow(`/api/jobs/${json.job_id}`)).json;
    expect((await harness.phantomflow(withoutOrigin(url), { key: null })).status).toBe(status);
  });

  it('is chosen by the type of the job that is submitted or looked at', async () => {
    await harness.control('/faults', {
      body: { match: { jobType: 'ffmpeg', path: '/jobs/*' }, do: { code: 'UPSTREAM_ERROR' } },
    });
    await harness.control('/faults', { body: { match: { jobType: 'template' }, do: { job: 'RENDER_FAILED' } } });
    const id = (await harness.rendobar('/jobs', { body: SUBMIT })).json.data.id;
    expect((await harness.rendobar('/jobs/job_none')).status).toBe(404);
    expect((await harness.rendobar(`/jobs/${id}`)).json.error.code).toBe('UPSTREAM_ERROR');
    const movie = (await harness.phantomflow('/api/render', { body: { scenes: [{ duration: 1 }] } })).json.job_id;
    await pass(1);
    expect((await harness.phantomflow(`/api/jobs/${movie}`)).json.status).toBe('processing');
  });

  it('gives jobs of a plan with priority the next free engine', async () => {
    const alone = await createHarness({ parallelism: 1 });
    const post = async (key: string) => (await alone.rendobar('/jobs', { body: SUBMIT, key })).json.data.id;
    try {
      await post('rb_sandbox_free_a');
      await alone.renderer.started(1);
      await post('rb_sandbox_free_b');
      const hurried = await post('rb_sandbox_pro_c');
      await finishRender(alone);
      await alone.renderer.started(1);
      expect(alone.renderer.renderOf(hurried)).toBeDefined();
    } finally {
      await alone.close();
    }
  });
});
