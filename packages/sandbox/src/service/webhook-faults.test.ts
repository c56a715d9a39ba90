import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHarness, finishRender, type Harness, settle } from './__fixtures__/harness.ts';

let harness: Harness;
beforeEach(async () => {
  harness = await createHarness();
});
afterEach(() => harness.close());

const RECEIVER = 'https://hooks.example.org/in';

async function subscribe(...events: readonly string[]): Promise<string> {
  const body = { name: 'n', url: RECEIVER, subscribedEvents: events };
  return (await harness.rendobar('/webhooks/endpoints', { body })).json.data.signingSecret;
}

/** Runs one job to its end. */
async function runJob(): Promise<string> {
  const body = { type: 'ffmpeg', params: { command: '-i a.mp4 o.mp4' } };
  const { json } = await harness.rendobar('/jobs', { body });
  await finishRender(harness);
  await settle();
  return json.data.id;
}

const addFault = (webhook: string, extra: object = {}, match: object = {}) =>
  harness.control('/faults', { body: { match: { provider: 'rendobar', ...match }, do: { webhook, ...extra } } });
const events = () => harness.posts.map(({ headers }) => headers['x-rendobar-event']);
const deliveries = async () => (await harness.control('/webhooks')).json.deliveries;

type Post = Harness['posts'][number];
const macOf = (secret: string, { headers, body }: Post) =>
  `sha256=${createHmac('sha256', secret).update(`${headers['x-rendobar-timestamp']}.${body}`).digest('hex')}`;

describe('a webhook that a fault rule meets', () => {
  it('comes twice under one delivery id when it is duplicated', async () => {
    await subscribe('job.completed');
    await addFault('duplicate');
    await runJob();
    expect(events()).toEqual(['job.completed', 'job.completed']);
    const [first, second] = harness.posts;
    expect([second?.body, second?.headers['x-rendobar-delivery']]).toEqual([
      first?.body,
      first?.headers['x-rendobar-delivery'],
    ]);
    await runJob();
    expect(harness.posts).toHaveLength(3);
  });

  it('comes after its successor when it is reordered', async () => {
    await subscribe('job.started', 'job.completed');
    await addFault('reorder');
    await runJob();
    expect(events()).toEqual(['job.completed', 'job.started']);
  });

  it('comes once, however many follow it at the same time', async () => {
    await subscribe('job.failed', 'job.created');
    await addFault('reorder', {}, { event: 'job.failed' });
    const body = { type: 'ffmpeg', params: { command: '-i a.mp4 o.mp4' } };
    await harness.rendobar('/jobs', { body, headers: { 'x-sandbox-fault': 'job:RUNNER_ERROR' } });
    await settle();
    harness.clock.advance(1);
    await settle();
    await Promise.all([1, 2, 3].map(() => harness.rendobar('/jobs', { body })));
    await settle();
    expect(events().indexOf('job.failed')).toBeGreaterThan(1);
    expect(events().sort()).toEqual([...Array(4).fill('job.created'), 'job.failed']);
  });

  it('comes by itself in the end when it was held back and nothing follows', async () => {
    await subscribe('job.completed');
    await addFault('reorder', { afterMs: 3000 });
    await runJob();
    expect(events()).toEqual([]);
    harness.clock.advance(3000);
    await settle();
    expect(events()).toEqual(['job.completed']);
  });

  it('comes late, signed at the time of its coming', async () => {
    const secret = await subscribe('job.completed');
    await addFault('late', { afterMs: 600_000 });
    await runJob();
    expect(events()).toEqual([]);
    harness.clock.advance(600_000);
    await settle();
    const [post] = harness.posts;
    expect(post?.headers['x-rendobar-timestamp']).toBe(String(Math.floor(harness.clock.now() / 1000)));
    expect(post && macOf(secret, post)).toBe(post?.headers['x-rendobar-signature']);
  });

  it('never comes when it is dropped, and leaves a record', async () => {
    await subscribe('job.started', 'job.completed');
    await addFault('drop', {}, { event: 'job.completed' });
    const id = await runJob();
    harness.clock.advance(3_600_000);
    await settle();
    expect(events()).toEqual(['job.started']);
    expect(await deliveries()).toMatchObject([
      { status: 'delivered', event: 'job.started' },
      { status: 'dropped', event: 'job.completed', jobId: id, fault: 'drop', attempts: [] },
    ]);
  });

  it("is preceded by an impostor's, which the secret tells apart", async () => {
    const secret = await subscribe('job.completed');
    await addFault('forge');
    const id = await runJob();
    const [forged, genuine] = harness.posts;
    expect(harness.posts).toHaveLength(2);
    expect(JSON.parse(forged?.body ?? '')).toMatchObject({
      event: 'job.completed',
      data: { jobId: id, output: { file: { url: expect.stringContaining('impostor.example') } } },
    });
    expect(forged?.headers['x-rendobar-signature']).toMatch(/^sha256=[0-9a-f]{64}$/);
    expect(forged && macOf(secret, forged)).not.toBe(forged?.headers['x-rendobar-signature']);
    expect(genuine && macOf(secret, genuine)).toBe(genuine?.headers['x-rendobar-signature']);
  });

  it('is signed with both secrets after a rotation, for a day', async () => {
    const secret = await subscribe('job.completed');
    await addFault('rotate');
    await runJob();
    const [post] = harness.posts;
    expect(post && macOf(secret, post)).toBe(post?.headers['x-rendobar-signature-previous']);
    expect(post?.headers['x-rendobar-signature']).not.toBe(post?.headers['x-rendobar-signature-previous']);
    harness.clock.advance(24 * 3_600_000);
    await runJob();
    expect(harness.posts[1]?.headers).not.toHaveProperty('x-rendobar-signature-previous');
  });

  it.each(['header', 'rule'])(
    'is rotated once for all events of a job, by a %s: the receiver’s secret goes on to verify',
    async (by) => {
      const secret = await subscribe('job.created', 'job.started', 'job.completed');
      if (by === 'rule') {
        const match = { provider: 'rendobar' };
        await harness.control('/faults', { body: { match, do: { webhook: 'rotate' }, times: 'always' } });
      }
      const body = { type: 'ffmpeg', params: { command: '-i a.mp4 o.mp4' } };
      const headers: Record<string, string> = by === 'header' ? { 'x-sandbox-fault': 'webhook:rotate' } : {};
      await harness.rendobar('/jobs', { body, headers });
      await finishRender(harness);
      await settle();
      expect(events()).toEqual(['job.created', 'job.started', 'job.completed']);
      for (const post of harness.posts) {
        expect(macOf(secret, post)).toBe(post.headers['x-rendobar-signature-previous']);
      }
    },
  );

  it('is met by the header of the call that made its job, and so is every other webhook of the job', async () => {
    await subscribe('job.started', 'job.completed');
    const body = { type: 'ffmpeg', params: { command: '-i a.mp4 o.mp4' } };
    await harness.rendobar('/jobs', { body, headers: { 'x-sandbox-fault': 'webhook:drop' } });
    await finishRender(harness);
    await settle();
    expect(harness.posts).toEqual([]);
    await runJob();
    expect(events()).toEqual(['job.started', 'job.completed']);
  });

  it('is forged on PhantomFlow by who knows the address alone: nothing there is signed', async () => {
    await harness.control('/faults', { body: { match: { provider: 'phantomflow' }, do: { webhook: 'forge' } } });
    const body = { scenes: [{ duration: 1 }], webhook_uri: RECEIVER };
    const headers = { 'x-sandbox-fault': 'job:RENDER_FAILED' };
    await harness.phantomflow('/api/render', { body, headers });
    await settle();
    harness.clock.advance(1);
    await settle();
    expect(harness.posts.map((post) => JSON.parse(post.body).status)).toEqual(['completed', 'failed']);
  });

  it('can be sent once more from the control plane', async () => {
    await subscribe('job.completed');
    await runJob();
    const [{ id }] = await deliveries();
    expect((await harness.control(`/webhooks/${id}/replay`, { method: 'POST' })).status).toBe(202);
    await settle();
    expect(harness.posts.map((post) => post.headers['x-rendobar-attempt'])).toEqual(['1', '2']);
    expect((await harness.control('/webhooks/whd_0/replay', { method: 'POST' })).status).toBe(404);
  });

  it('says that it is local', async () => {
    await subscribe('job.completed');
    await runJob();
    expect(harness.posts[0]?.headers['x-renderq-sandbox']).toBe('1');
  });
});
