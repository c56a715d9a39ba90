import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { RenderFault } from '../../engine/renderer.ts';
import { finishRender, type Harness, settle } from '../../service/__fixtures__/harness.ts';
import { stageRendobar } from './__fixtures__/rendobar-stage.ts';

const stage = stageRendobar();
const { call, submit, read } = stage;

describe('Rendobar callbacks and webhooks', () => {
  const verify = (secret: string, post: Harness['posts'][number] | undefined) => {
    const mac = createHmac('sha256', secret)
      .update(`${post?.headers['x-rendobar-timestamp']}.${post?.body}`)
      .digest('hex');
    expect(post?.headers['x-rendobar-signature']).toBe(`sha256=${mac}`);
  };

  it('calls back when the job ends, signed on request, and shows how the delivery went', async () => {
    const { secret } = (await call('/orgs/current/callback-secret')).json.data;
    const headers = { 'x-flow': '7' };
    const id = await submit({ callback: { url: 'https://hooks.example.org/cb', verify: true, headers } });
    expect((await read(id)).callback).toEqual({ status: 'pending' });
    await finishRender(stage.harness);
    await settle();
    expect(stage.harness.posts).toHaveLength(1);
    const [post] = stage.harness.posts;
    verify(secret, post);
    expect(post?.headers).toMatchObject({
      'x-flow': '7',
      'x-rendobar-event': 'job.completed',
      'x-rendobar-attempt': '1',
    });
    expect(JSON.parse(post?.body ?? '')).toMatchObject({
      version: '1',
      event: 'job.completed',
      data: { jobId: id, jobType: 'ffmpeg', status: 'complete', output: { file: { path: 'out.mp4' } } },
    });
    expect((await read(id)).callback).toEqual({ status: 'delivered' });
  });

  it.each([
    ['x-note', 'a\nb'],
    ['x-note', 'a\u0000'],
    ['x-note', 'naïve ✓'],
    ['x note', 'a'],
    ['x-é', 'a'],
    ['', 'a'],
    ['Content-Type', 'text/html'],
    ['content-length', '5'],
    ['Host', 'elsewhere.example'],
    ['transfer-encoding', 'chunked'],
    ['X-Rendobar-Signature', 'sha256=0'],
  ])('refuses the header %j: %j before the job exists, and names it', async (name, value) => {
    const callback = { url: 'https://hooks.example.org/cb', headers: { [name]: value } };
    const { status, json } = await call('/jobs', { body: stage.body({ callback }) });
    expect([status, json.error.code]).toEqual([400, 'VALIDATION_ERROR']);
    expect(json.error.details.path).toMatch(/^callback\.headers\./);
    expect((await call('/jobs')).json.meta.total).toBe(0);
  });

  it('takes a header of Latin-1 text', async () => {
    const headers = { 'x-note': 'naïve\tcafé' };
    await submit({ callback: { url: 'https://hooks.example.org/cb', headers } });
    await finishRender(stage.harness);
    await settle();
    expect(stage.harness.posts[0]?.headers).toMatchObject(headers);
  });

  it('gives a callback up after five repeats, and the job says so', async () => {
    stage.harness.answerWebhooks(500, 500, 500, 500, 500, 500);
    const id = await submit({ callback: { url: 'https://hooks.example.org/cb' } });
    await finishRender(stage.harness);
    await settle();
    for (const seconds of [10, 20, 40, 80, 160]) {
      expect((await read(id)).callback).toEqual({ status: 'pending' });
      stage.harness.clock.advance(seconds * 1000);
      await settle();
    }
    expect(stage.harness.posts).toHaveLength(6);
    expect((await read(id)).callback).toEqual({ status: 'failed' });
    expect(stage.harness.service.webhooks.deliveries()).toMatchObject([{ status: 'failed' }]);
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
    await stage.harness.renderer.started(1);
    stage.harness.renderer.pending[0]?.fail(new RenderFault('failed', 'exit 1'));
    await stage.harness.service.scheduler.drain();
    await settle();
    expect(stage.harness.posts.map(({ headers }) => headers['x-rendobar-event'])).toEqual([
      'job.created',
      'job.started',
      'job.failed',
    ]);
    for (const post of stage.harness.posts) verify(signingSecret, post);

    await call(`/webhooks/endpoints/${endpoint.id}`, { method: 'PATCH', body: { active: false } });
    await submit();
    await call(`/webhooks/endpoints/${endpoint.id}`, { method: 'DELETE' });
    expect((await call(`/webhooks/endpoints/${endpoint.id}`)).status).toBe(404);
    await submit();
    await settle();
    expect(stage.harness.posts).toHaveLength(3);
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
