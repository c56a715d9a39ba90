import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { connectN8n, type N8nClient } from '../harness/n8n-client.ts';
import { type N8nHost, startN8nHost } from '../harness/n8n-host.ts';
import { startParked } from '../harness/parked-run.ts';
import { flowOf, REQUESTS, renderNode } from '../harness/render-nodes.ts';
import { CREDENTIAL_TYPES, openStage, type Provider, type Stage } from '../harness/stage.ts';
import { startVendorStandIn, type VendorStandIn } from '../harness/vendor-stand-in.ts';

const SECRET = 'cbsec_of_major_1';
let host: N8nHost;
let n8n: N8nClient;
let stage: Stage;
let vendor: VendorStandIn;

beforeAll(async () => {
  const { postgres, tarball, outsideCalls } = inject('house');
  host = await startN8nHost({ major: 1, database: 'major_1', postgres, tarball, outsideCalls });
  n8n = await connectN8n(host.url, 1);
  stage = await openStage(n8n);
  vendor = await startVendorStandIn();
}, 400_000);
afterAll(async () => {
  await vendor?.close();
  await stage?.close();
  await host?.stop();
});

const REQUEST: Readonly<Record<Provider, (text: string) => object>> = {
  rendobar: (text) => ({ requestMode: 'json', requestJson: text }),
  phantomflow: (text) => ({ movie: text }),
};

describe.each(['rendobar', 'phantomflow'] as const)('%s on the last n8n 1.x', (provider) => {
  const sandboxKey = provider === 'rendobar' ? 'rb_sandbox_v1' : 've_test_pro_v1';
  const waits = provider === 'rendobar' ? 'job.renderAndWait' : 'render.renderAndWait';
  const good = JSON.stringify(REQUESTS[provider]);

  it('renders, waits, and downloads', async () => {
    const credentials = await stage.credential(provider, sandboxKey, { plan: 'pro' });
    const film = await n8n.run(
      flowOf(renderNode({ name: 'Node', provider, action: waits, credentials, parameters: REQUEST[provider](good) })),
    );
    expect(film.error?.message).toBeUndefined();
    const [item] = film.json('Node 0');
    expect(item).toMatchObject({ state: 'succeeded', output: { url: expect.stringMatching(/^http/) } });
    const download = await n8n.run(
      flowOf(
        renderNode({
          name: 'Node',
          provider,
          action: provider === 'rendobar' ? 'job.download' : 'render.download',
          credentials,
          parameters: { jobId: item?.jobId, binaryPropertyName: 'film' },
        }),
      ),
    );
    expect(download.output('Node 0')[0]?.binary?.film).toMatchObject({ mimeType: 'video/mp4' });
  });

  it('gives a typed error to the Error output, the item beside it to the first', async () => {
    const credentials = await stage.credential(provider, sandboxKey, { plan: 'pro' });
    const end = await n8n.run(
      flowOf(
        renderNode({
          name: 'Node',
          provider,
          action: waits,
          credentials,
          onError: 'continueErrorOutput',
          parameters: REQUEST[provider]('={{ $json.text }}'),
        }),
        [{ json: { text: good } }, { json: { text: '{ "oops' } }],
        2,
      ),
    );
    expect(end.json('Node 0')).toMatchObject([{ state: 'succeeded' }]);
    expect(end.json('Node 1')).toMatchObject([{ error: { code: 'INVALID_REQUEST', category: 'request' } }]);
  });

  it('branches on the outcome by category and by code', async () => {
    const apiKey = provider === 'rendobar' ? 'rb_v1_broke' : 've_live_v1_broke';
    const body = { error: { code: 'INSUFFICIENT_CREDITS', message: 'Too few credits.' } };
    vendor.refuse(apiKey, { status: 402, body });
    const credentials = await stage.credential(provider, apiKey, { baseUrl: vendor.baseUrls[provider] });
    for (const branching of [
      { branching: 'category', branchCategories: ['request', 'account'] },
      { branching: 'code', branchCodes: ['RENDER_FAILED', 'INSUFFICIENT_CREDITS'] },
    ]) {
      const node = renderNode({
        name: 'Node',
        provider,
        action: waits,
        credentials,
        parameters: { ...REQUEST[provider](good), ...branching },
      });
      const end = await n8n.run(flowOf(node, undefined, 4));
      expect(end.json('Node 2')).toMatchObject([{ error: { code: 'INSUFFICIENT_CREDITS', category: 'account' } }]);
      for (const output of [0, 1, 3]) expect(end.json(`Node ${output}`)).toEqual([]);
    }
  });

  it('parks, and comes back on the first and the Error output', { timeout: 90_000 }, async () => {
    const apiKey = provider === 'rendobar' ? 'rb_v1_parked' : 've_live_v1_parked';
    const credentials = await stage.credential(provider, apiKey, {
      plan: 'pro',
      baseUrl: vendor.baseUrls[provider],
      ...(provider === 'rendobar' ? { signingSecret: SECRET } : {}),
    });
    const spec = { n8n, vendor, provider, apiKey, credentials, count: 2, onError: 'continueErrorOutput' } as const;
    const run = await startParked(spec);
    const [first, last] = run.jobs;
    vendor.end(first?.id ?? '');
    vendor.end(last?.id ?? '', { code: 'RENDER_FAILED', message: 'exit code 1' });
    for (const { id } of run.jobs) await vendor.tell(id, provider === 'rendobar' ? { secret: SECRET } : {});
    const end = await run.end();
    expect(end.json('Wait 0')).toMatchObject([{ jobId: first?.id, state: 'succeeded' }]);
    expect(end.json('Wait 1')).toMatchObject([{ error: { jobId: last?.id, code: 'RENDER_FAILED' } }]);
  });

  it('stops the workflow with a helpful error', async () => {
    const credentials = await stage.credential(provider, sandboxKey, { plan: 'pro' });
    const node = renderNode({
      name: 'Node',
      provider,
      action: waits,
      credentials,
      parameters: REQUEST[provider]('[]'),
    });
    const end = await n8n.run(flowOf(node));
    expect(end.status).toBe('error');
    expect(end.error?.description).toContain('INVALID_REQUEST');
  });

  it('tests its credential', async () => {
    const baseUrl = provider === 'rendobar' ? stage.sandbox.rendobarUrl : stage.sandbox.phantomFlowUrl;
    const type = CREDENTIAL_TYPES[provider];
    const verdict = (apiKey: string) => n8n.testCredential({ name: 'tested', type, data: { apiKey, baseUrl } });
    expect(await verdict(sandboxKey)).toMatchObject({ status: 'OK' });
    expect(await verdict('nobody')).toMatchObject({ status: 'Error' });
  });
});
