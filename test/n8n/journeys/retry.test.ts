import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flowOf, REQUESTS, renderNode } from '../harness/render-nodes.ts';
import { openStage, type Provider, type Stage } from '../harness/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

async function jobCount(provider: Provider, key: string): Promise<number> {
  const { rendobarUrl, phantomFlowUrl } = stage.sandbox;
  const response =
    provider === 'rendobar'
      ? await fetch(`${rendobarUrl}/jobs`, { headers: { authorization: `Bearer ${key}` } })
      : await fetch(`${phantomFlowUrl}/api/jobs`, { headers: { 'x-api-key': key } });
  const body = (await response.json()) as { data?: unknown[]; jobs?: unknown[] };
  return (body.data ?? body.jobs ?? []).length;
}

describe.each([
  ['rendobar', 'rb_sandbox_retry', '/jobs'],
  ['phantomflow', 've_test_pro_retry', '/api/render'],
] as const)('%s', (provider, key, path) => {
  const node = async (name: string, more: object, parameters: object = {}) =>
    renderNode({
      name: 'Node',
      provider,
      action: provider === 'rendobar' ? 'job.create' : 'render.create',
      credentials: await stage.credential(provider, `${key}_${name}`, { plan: 'pro' }),
      parameters: {
        ...(provider === 'rendobar'
          ? { requestMode: 'json', requestJson: '={{ $json.text }}' }
          : { movie: '={{ $json.text }}' }),
        ...parameters,
      },
      ...more,
    });
  const good = JSON.stringify(REQUESTS[provider]);

  it('does not pay twice where n8n runs the node again because of another item', { timeout: 60_000 }, async () => {
    const again = await node('again', { extra: { retryOnFail: true, maxTries: 3, waitBetweenTries: 100 } });
    const items = [{ json: { text: good } }, { json: { text: '{ "wrong' } }];
    const end = await stage.n8n.run(flowOf(again, items));
    expect(end.status).toBe('error');
    // The first try sends the good item, the next two find its job.
    expect(await jobCount(provider, `${key}_again`)).toBeLessThanOrEqual(1);
  });

  it('waits out a refusal by the rate limit, and the item succeeds', { timeout: 60_000 }, async () => {
    const code = provider === 'rendobar' ? 'RATE_LIMITED' : 'RATE_LIMIT_EXCEEDED';
    await stage.sandbox.addFault({
      match: { account: `${key}_limited`, method: 'POST', path },
      do: { code, retryAfter: 2 },
    });
    const began = Date.now();
    const end = await stage.n8n.run(flowOf(await node('limited', {}), [{ json: { text: good } }]));
    expect(end.error?.message).toBeUndefined();
    expect(end.json('Node 0')).toMatchObject([{ jobId: expect.any(String) }]);
    expect(Date.now() - began).toBeGreaterThanOrEqual(2_000);
  });

  it('renders once although the answer to the submit is lost', { timeout: 60_000 }, async () => {
    await stage.sandbox.addFault({
      match: { account: `${key}_lost`, method: 'POST', path },
      do: { transport: 'reset', when: 'after' },
    });
    const end = await stage.n8n.run(
      flowOf(await node('lost', { onError: 'continueErrorOutput' }), [{ json: { text: good } }], 2),
    );
    expect(await jobCount(provider, `${key}_lost`)).toBe(1);
    if (provider === 'rendobar') expect(end.json('Node 0')).toMatchObject([{ jobId: expect.any(String) }]);
    else {
      // No idempotency key there: the job is found again, or the item says that nobody can tell.
      const [item] = [...end.json('Node 0'), ...end.json('Node 1')];
      expect(item?.jobId ?? (item?.error as { code?: string } | undefined)?.code).toMatch(/-|SUBMIT_OUTCOME_UNKNOWN/);
    }
  });

  it.each([
    ['html502', 'a page of a proxy'],
    ['half-json', 'half an answer'],
    ['reset', 'a broken connection'],
  ])('gives a typed item for a look that meets %s for ever', { timeout: 90_000 }, async (transport) => {
    const account = `${key}_${transport}`;
    const created = await stage.n8n.run(flowOf(await node(transport, {}), [{ json: { text: good } }]));
    await stage.sandbox.addFault({
      match: { account, method: 'GET', path: provider === 'rendobar' ? '/jobs/*' : '/api/jobs/*' },
      do: { transport },
      times: 'always',
    });
    const look = renderNode({
      name: 'Node',
      provider,
      action: provider === 'rendobar' ? 'job.get' : 'render.get',
      credentials: await stage.credential(provider, account, { plan: 'pro' }),
      onError: 'continueErrorOutput',
      parameters: { jobId: created.json('Node 0')[0]?.jobId },
    });
    const end = await stage.n8n.run(flowOf(look, undefined, 2), 80_000);
    expect(end.json('Node 0')).toEqual([]);
    expect(end.json('Node 1')).toMatchObject([
      { error: { category: expect.stringMatching(/transport|provider/), remedy: expect.stringMatching(/\w/) } },
    ]);
    expect(JSON.stringify(end.json('Node 1'))).not.toMatch(/<html|stack/);
  });
});
