import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RenderFault } from '../../engine/renderer.ts';
import {
  type CallOptions,
  createHarness,
  finishRender,
  type Harness,
  settle,
} from '../../service/__fixtures__/harness.ts';

let harness: Harness;
beforeEach(async () => {
  harness = await createHarness();
});
afterEach(() => harness.close());

const call = (path: string, options?: CallOptions) => harness.rendobar(path, options);
const body = (extra: object = {}, params: object = {}) => ({
  type: 'ffmpeg',
  params: { command: 'ffmpeg -i in.mp4 out.mp4', ...params },
  ...extra,
});
async function submit(extra: object = {}, key?: string): Promise<string> {
  const answer = await call('/jobs', { body: body(extra), ...(key === undefined ? {} : { key }) });
  expect(answer.status).toBe(201);
  return answer.json.data.id;
}
const read = async (id: string) => (await call(`/jobs/${id}`)).json.data;

describe('Rendobar callbacks and webhooks', () => {
  const verify = (secret: string, post: Harness['posts'][number] | undefined) => {
    const mac = createHmac('sha256', secret)
      .update(`${post?.headers['x-rendobar-timestamp']}.${post?.body}`)
      .digest('hex');
    expect(post?.headers['x-rendobar-signature']).toBe(`sha256=${mac}`);
  };

  it('calls back when the job ends, signed on request, and shows how the delivery went', async () => {
    const { secret } = (await call('/orgs/current/callback-secret')).json.data;
    const headers = { 'x-flow': '7', 'X-Rendobar-Event': 'forged' };
    const id = await submit({ callback: { url: 'https://hooks.example.org/cb', verify: true, headers } });
    expect((await read(id)).callback).toEqual({ status: 'pending' });
    await finishRender(harness);
    await settle();
    expect(harness.posts).toHaveLength(1);
    const [post] = harness.posts;
    verify(secret, post);
    expect(post?.headers).toMatchObject({
      'x-flow': '7',
      'x-rendobar-event': 'job.completed',
      'x-rendobar-attempt': '1',
    });
    expect(post?.headers).not.toHaveProperty('X-Rendobar-Event');
    expect(JSON.parse(post?.body ?? '')).toMatchObject({
      version: '1',
      event: 'job.completed',
      data: { jobId: id, jobType: 'ffmpeg', status: 'complete', output: { file: { path: 'out.mp4' } } },
    });
    expect((await read(id)).callback).toEqual({ status: 'delivered' });
  });

  it('tells every subscribed endpoint, signed with its own secret', async () => {
    const create = {
      name: 'prod',
      url: 'https://hooks.example.org/all',
      subscribedEvents: ['job.created', 'job.started', 'job.failed'],
    };
    const { signingSecret, ...endpoint } = (await call('/webhooks/endpoints', { body: create })).json.data;
    expect((await call(`/webhooks/endpoints/${endpoint.id}`)).json.data).toEqual(endpoint);
    await submit();
    await harness.renderer.started(1);
    harness.renderer.pending[0]?.fail(new RenderFault('failed', 'exit 1'));
    await harness.service.scheduler.drain();
    await settle();
    expect(harness.posts.map(({ headers }) => headers['x-rendobar-event'])).toEqual([
      'job.created',
      'job.started',
      'job.failed',
    ]);
    for (const post of harness.posts) verify(signingSecret, post);

    await call(`/webhooks/endpoints/${endpoint.id}`, { method: 'PATCH', body: { active: false } });
    await submit();
    await call(`/webhooks/endpoints/${endpoint.id}`, { method: 'DELETE' });
    expect((await call(`/webhooks/endpoints/${endpoint.id}`)).status).toBe(404);
    await submit();
    await settle();
    expect(harness.posts).toHaveLength(3);
  });

  it('allows ten endpoints and checks what they are made of', async () => {
    const create = { name: 'n', url: 'https://hooks.example.org/', subscribedEvents: ['job.completed'] };
    const bad = await call('/webhooks/endpoints', { body: { ...create, subscribedEvents: ['job.running'] } });
    expect(bad.json.error.details.path).toBe('subscribedEvents.0');
    for (let count = 0; count < 10; count += 1)
      expect((await call('/webhooks/endpoints', { body: create })).status).toBe(201);
    expect((await call('/webhooks/endpoints', { body: create })).json.error.code).toBe('CONFLICT');
  });
});
