import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { type Behaviour, behaviour } from './behaviour.ts';
import { JOB } from './rendobar-basics.ts';
import { eventually, type ReceivedPost, type SandboxTarget } from './target.ts';

const GUIDE = 'webhook guide';
const DAY_MS = 86_400_000;

async function subscribe(target: SandboxTarget, url: string, subscribedEvents: readonly string[] = ['job.failed']) {
  const { json } = await target.call('/webhooks/endpoints', { body: { name: 'contract', url, subscribedEvents } });
  return json.data as { readonly id: string; readonly signingSecret: string };
}

const fail = async (target: SandboxTarget, extra: object = {}) =>
  (await target.call('/jobs', { body: { ...JOB, ...extra }, headers: { 'x-sandbox-fault': 'job:RUNNER_ERROR' } })).json
    .data.id as string;

const signature = (secret: string, { headers, text }: ReceivedPost) =>
  `sha256=${createHmac('sha256', secret).update(`${headers['x-rendobar-timestamp']}.${text}`).digest('hex')}`;

const arrived = (posts: readonly ReceivedPost[], count: number) =>
  eventually(
    async () => posts.length,
    (length) => length >= count,
  );

/** The pause before a repeat begins when the sandbox has read the answer, not when the receiver has sent it. */
const recorded = (target: SandboxTarget, attempts: number) =>
  eventually(
    async () => (await target.control('/webhooks')).json.deliveries[0]?.attempts.length,
    (count) => count === attempts,
  );

export const RENDOBAR_WEBHOOKS: readonly Behaviour[] = [
  behaviour(
    'documented',
    'An event is a POST of version, event, deliveryId, timestamp, orgId and data, signed over timestamp and body.',
    GUIDE,
    async (target) => {
      const receiver = await target.receiver();
      const { signingSecret } = await subscribe(target, receiver.url);
      const id = await fail(target);
      await arrived(receiver.posts, 1);
      const [post] = receiver.posts;
      assert.ok(post);
      const body = JSON.parse(post.text);
      assert.deepEqual(Object.keys(body).sort(), ['data', 'deliveryId', 'event', 'orgId', 'timestamp', 'version']);
      assert.deepEqual(
        [body.version, body.event, body.data.jobId, body.data.error.code],
        ['1', 'job.failed', id, 'RUNNER_ERROR'],
      );
      assert.equal(post.headers['x-rendobar-signature'], signature(signingSecret, post));
      assert.deepEqual(
        [post.headers['x-rendobar-event'], post.headers['x-rendobar-delivery'], post.headers['x-rendobar-attempt']],
        ['job.failed', body.deliveryId, '1'],
      );
    },
  ),
  behaviour(
    'documented',
    'Without a 2xx a delivery is repeated after 10, 20, 40, 80 and 160 seconds under one delivery id, then has failed.',
    GUIDE,
    async (target) => {
      const receiver = await target.receiver();
      receiver.answer(500, 500, 500, 500, 500, 500);
      await subscribe(target, receiver.url);
      await fail(target);
      for (const [index, seconds] of [10, 20, 40, 80, 160].entries()) {
        await recorded(target, index + 1);
        // Time also passes by itself: the margin is larger than any machine is slow.
        await target.advance(seconds * 1000 - 5000);
        assert.equal(receiver.posts.length, index + 1);
        await target.advance(5000);
      }
      await recorded(target, 6);
      const headers = receiver.posts.map((post) => post.headers);
      assert.equal(new Set(headers.map((head) => head['x-rendobar-delivery'])).size, 1);
      assert.deepEqual(
        headers.map((head) => head['x-rendobar-attempt']),
        ['1', '2', '3', '4', '5', '6'],
      );
      assert.equal((await target.control('/webhooks')).json.deliveries[0].status, 'failed');
    },
  ),
  behaviour(
    'documented',
    'An organization has at most ten endpoints; an eleventh is CONFLICT.',
    GUIDE,
    async (target) => {
      for (let count = 0; count < 10; count += 1) await subscribe(target, 'https://hooks.example.org/');
      const body = { name: 'one more', url: 'https://hooks.example.org/', subscribedEvents: ['job.failed'] };
      const { status, json } = await target.call('/webhooks/endpoints', { body });
      assert.deepEqual([status, json.error.code], [409, 'CONFLICT']);
    },
  ),
  behaviour(
    'documented',
    'Ten failed deliveries in a row switch an endpoint off; switching it on again forgives them.',
    GUIDE,
    async (target) => {
      const receiver = await target.receiver();
      receiver.answer(...Array.from({ length: 60 }, () => 500));
      const { id } = await subscribe(target, receiver.url);
      for (let count = 0; count < 10; count += 1) await fail(target);
      const read = async () => (await target.call(`/webhooks/endpoints/${id}`)).json.data.active;
      await eventually(
        async () => {
          await target.advance(DAY_MS);
          return read();
        },
        (active) => active === false,
      );
      await target.call(`/webhooks/endpoints/${id}`, { method: 'PATCH', body: { active: true } });
      assert.equal(await read(), true);
    },
  ),
  behaviour(
    'documented',
    'After a rotation both secrets sign for 24 hours, the old one in X-Rendobar-Signature-Previous.',
    GUIDE,
    async (target) => {
      const receiver = await target.receiver();
      const { id, signingSecret: old } = await subscribe(target, receiver.url);
      const { signingSecret } = (await target.call(`/webhooks/endpoints/${id}/rotate-secret`, { method: 'POST' })).json
        .data;
      await fail(target);
      await arrived(receiver.posts, 1);
      await target.advance(DAY_MS);
      await fail(target);
      await arrived(receiver.posts, 2);
      const [first, second] = receiver.posts;
      assert.ok(first && second);
      assert.equal(first.headers['x-rendobar-signature'], signature(signingSecret, first));
      assert.equal(first.headers['x-rendobar-signature-previous'], signature(old, first));
      assert.equal(second.headers['x-rendobar-signature-previous'], undefined);
    },
  ),
  behaviour(
    'assumed',
    'A second rotation within 24 hours is refused with CONFLICT.',
    'once in 24 hours is documented, the code is not; nor is the path of the endpoint’s rotation',
    async (target) => {
      const rotate = () => target.call('/orgs/current/callback-secret/rotate', { method: 'POST' });
      assert.equal((await rotate()).status, 200);
      const { status, json } = await rotate();
      assert.deepEqual([status, json.error.code], [409, 'CONFLICT']);
    },
  ),
  behaviour(
    'documented',
    'A job’s own callback hears of its end, of job.started on request, and is signed with the organization’s secret on request.',
    'callback guide',
    async (target) => {
      const receiver = await target.receiver();
      const { secret } = (await target.call('/orgs/current/callback-secret')).json.data;
      const callback = { url: receiver.url, verify: true, events: ['job.started'], headers: { 'x-row': '7' } };
      const id = await fail(target, { callback });
      await arrived(receiver.posts, 2);
      assert.deepEqual(receiver.posts.map(({ headers }) => [headers['x-rendobar-event'], headers['x-row']]).sort(), [
        ['job.failed', '7'],
        ['job.started', '7'],
      ]);
      for (const post of receiver.posts) assert.equal(post.headers['x-rendobar-signature'], signature(secret, post));
      const job = await eventually(
        async () => (await target.call(`/jobs/${id}`)).json.data,
        (read) => read.callback.status !== 'pending',
      );
      assert.deepEqual(job.callback, { status: 'delivered' });
    },
  ),
  behaviour(
    'assumed',
    'The event balance.low comes when the balance falls below one dollar, balance.depleted when it reaches zero.',
    'the events are documented, their threshold and payload are not',
    async (target) => {
      const receiver = await target.receiver();
      await subscribe(target, receiver.url, ['balance.low', 'balance.depleted']);
      for (const [credits, event] of [
        [1.01, 'balance.low'],
        [0.01, 'balance.depleted'],
      ] as const) {
        await target.setAccount({ credits });
        const before = receiver.posts.length;
        await spendTenMinutes(target);
        await arrived(receiver.posts, before + 1);
        assert.equal(receiver.posts.at(-1)?.headers['x-rendobar-event'], event);
      }
    },
  ),
];

/** A job that fails after ten minutes of the sandbox's time, settled: it costs half a dollar. */
async function spendTenMinutes(target: SandboxTarget): Promise<void> {
  await target.control('/faults', { do: { job: 'RUNNER_ERROR', afterMs: 600_000 } });
  const { id } = (await target.call('/jobs', { body: JOB })).json.data;
  const read = async () => (await target.call(`/jobs/${id}`)).json.data;
  await eventually(read, ({ status }) => status === 'running');
  await target.advance(600_000);
  await eventually(read, ({ status }) => status === 'failed');
  await target.advance(250);
}
