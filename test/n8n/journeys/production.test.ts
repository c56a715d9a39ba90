import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { StoredWorkflow } from '../harness/n8n-client.ts';
import { REQUESTS, renderNode, sinks } from '../harness/render-nodes.ts';
import { openStage, type Stage } from '../harness/stage.ts';
import { startVendorStandIn, type VendorStandIn } from '../harness/vendor-stand-in.ts';

const KEY = 've_live_production';
const PATH = 'films-wanted';
let stage: Stage;
let vendor: VendorStandIn;
let workflow: StoredWorkflow;

/** An active workflow that a web shop calls with a list of films, as opposed to one that is run by hand in the editor. */
beforeAll(async () => {
  stage = await openStage();
  vendor = await startVendorStandIn();
  const credentials = await stage.credential('phantomflow', KEY, {
    plan: 'pro',
    baseUrl: vendor.baseUrls.phantomflow,
  });
  const behind = sinks('Render', 2);
  workflow = await stage.n8n.createWorkflow({
    name: 'Films on demand',
    nodes: [
      {
        name: 'Order',
        type: 'n8n-nodes-base.webhook',
        version: 2,
        parameters: { httpMethod: 'POST', path: PATH, responseMode: 'onReceived' },
        webhookId: 'a1b2c3d4-0000-4000-8000-000000000003',
      },
      { name: 'Films', type: 'n8n-nodes-base.splitOut', parameters: { fieldToSplitOut: 'body.films', options: {} } },
      renderNode({
        name: 'Render',
        provider: 'phantomflow',
        action: 'render.renderAndWait',
        credentials,
        onError: 'continueErrorOutput',
        parameters: { movie: '={{ JSON.stringify($json) }}', maxWaitMinutes: 5, waitOptions: { inProcessSeconds: 0 } },
      }),
      ...behind.nodes,
    ],
    links: [['Order', 0, 'Films'], ['Films', 0, 'Render'], ...behind.links],
  });
  await stage.n8n.activate(workflow);
});
afterAll(async () => {
  if (workflow) await stage.n8n.deactivate(workflow);
  await vendor?.close();
  await stage?.close();
});

it('an active workflow sleeps for the films of an order and goes on when they are ready', async () => {
  const order = { films: [REQUESTS.phantomflow, { ...REQUESTS.phantomflow, width: 128 }] };
  // n8n registers the address a moment after it has said that the workflow is active.
  await vi.waitFor(
    async () => {
      const response = await fetch(`${stage.n8n.url}/webhook/${PATH}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(order),
      });
      expect(response.status).toBe(200);
    },
    { timeout: 15_000, interval: 250 },
  );
  await expect.poll(() => vendor.jobs(KEY).length, { timeout: 15_000 }).toBe(2);
  const [run] = await stage.n8n.executionsOf(workflow);
  await stage.n8n.waitFor(run?.id ?? '', ['waiting'], 20_000);
  const jobs = [...vendor.jobs(KEY)].sort((a, b) => Number(a.request.width) - Number(b.request.width));
  for (const { id } of jobs) {
    vendor.end(id);
    expect(await vendor.tell(id)).toBe(200);
  }
  const end = await stage.n8n.waitFor(run?.id ?? '');
  expect(end.json('Render 0')).toMatchObject(jobs.map(({ id }) => ({ jobId: id, state: 'succeeded' })));
});
