import { describe, expect, it } from 'vitest';
import { START, settle } from './__fixtures__/harness.ts';
import { createSandboxClock } from './clock.ts';
import { isBlockedReceiver, postWebhook } from './post-webhook.ts';
import { createWebhookSender, type WebhookPost } from './webhooks.ts';

function receiver(...answers: readonly (number | Error)[]) {
  const clock = createSandboxClock({ now: () => START });
  const posts: (WebhookPost & { readonly at: number })[] = [];
  const left = [...answers];
  const sender = createWebhookSender(clock, async (post) => {
    posts.push({ ...post, at: clock.now() - START });
    const answer = left.shift() ?? 200;
    if (answer instanceof Error) throw answer;
    return answer;
  });
  const settled: boolean[] = [];
  const send = () =>
    sender.send({
      accountId: 'acc_1',
      jobId: 'job_1',
      event: 'job.completed',
      url: 'https://hooks.example.org/secret-path?key=1',
      body: '{}',
      retryDelaysMs: [100, 200],
      headers: (attempt) => ({ 'x-attempt': String(attempt) }),
      onSettled: (delivered) => settled.push(delivered),
    });
  return { clock, posts, sender, settled, send };
}

describe('webhook sender', () => {
  it('repeats after the given pauses until a receiver answers 2xx', async () => {
    const { clock, posts, sender, settled, send } = receiver(500, new Error('ECONNREFUSED'), 204);
    send();
    await settle();
    clock.advance(100);
    await settle();
    expect(settled).toEqual([]);
    clock.advance(200);
    await settle();
    expect(posts.map(({ at, headers }) => [at, headers['x-attempt']])).toEqual([
      [0, '1'],
      [100, '2'],
      [300, '3'],
    ]);
    expect(settled).toEqual([true]);
    expect(sender.deliveries()).toMatchObject([
      { status: 'delivered', attempts: [{ status: 500 }, { error: 'ECONNREFUSED' }, { status: 204 }] },
    ]);
  });

  it('gives up after the last pause', async () => {
    const { clock, posts, sender, settled, send } = receiver(500, 302, 404, 200);
    send();
    for (const _ of [1, 2, 3]) {
      await settle();
      clock.advance(1000);
    }
    expect(posts).toHaveLength(3);
    expect(settled).toEqual([false]);
    expect(sender.deliveries()[0]?.status).toBe('failed');
  });

  it('sends nothing more once it is cleared', async () => {
    const { clock, posts, sender, send } = receiver(500);
    send();
    await settle();
    sender.clear();
    clock.advance(1000);
    await settle();
    expect(posts).toHaveLength(1);
    expect(sender.deliveries()).toEqual([]);
  });

  it('shows of a receiver its origin alone', async () => {
    const { sender, send } = receiver();
    send();
    await settle();
    expect(JSON.stringify(sender.deliveries())).not.toContain('secret-path');
    expect(sender.deliveries()[0]?.receiver).toBe('https://hooks.example.org');
  });
});

describe('webhook receivers', () => {
  it.each(['10.1.2.3', '192.168.0.1', '169.254.169.254', 'fd00::1', '::ffff:10.0.0.1', '0.0.0.0'])(
    'may not live in a private network: %s',
    async (address) => {
      expect(isBlockedReceiver(address)).toBe(true);
      const host = address.includes(':') ? `[${address}]` : address;
      const post = postWebhook({ url: `http://${host}/`, headers: {}, body: '{}' }, new AbortController().signal);
      await expect(post).rejects.toThrow('private network');
    },
  );

  it.each(['127.0.0.1', '::1', '93.184.216.34'])('may live here or on the internet: %s', (address) => {
    expect(isBlockedReceiver(address)).toBe(false);
  });
});
