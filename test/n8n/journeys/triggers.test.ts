import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { StoredWorkflow } from '../harness/n8n-client.ts';
import { REQUESTS } from '../harness/render-nodes.ts';
import { openStage, type Stage } from '../harness/stage.ts';
import { sink } from '../harness/workflow.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

interface Endpoint {
  readonly id: string;
  readonly url: string;
  readonly subscribedEvents: readonly string[];
}

async function call(path: string, apiKey: string, body?: object): Promise<Record<string, unknown>> {
  const { rendobarUrl } = stage.sandbox;
  const response = await fetch(`${rendobarUrl}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return (await response.json()) as Record<string, unknown>;
}
const endpoints = async (apiKey: string) => (await call('/webhooks/endpoints', apiKey)).data as Endpoint[];

async function post(url: string, body: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  const response = await fetch(url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
  await response.arrayBuffer();
  return response.status;
}

const runsOf = (workflow: StoredWorkflow) => stage.n8n.executionsOf(workflow);

/** n8n registers webhooks a moment after it has said that a workflow is active. */
async function untilReachable(url: string): Promise<void> {
  await vi.waitFor(async () => expect(await post(url, '{}')).not.toBe(404), { timeout: 15_000, interval: 250 });
}

describe('the Rendobar Trigger', () => {
  const key = 'rb_sandbox_trigger';
  let workflow: StoredWorkflow;
  let endpoint: Endpoint;

  beforeAll(async () => {
    workflow = await stage.n8n.createWorkflow({
      name: 'On a finished job',
      nodes: [
        {
          name: 'Trigger',
          type: 'n8n-nodes-renderq.rendobarTrigger',
          credentials: await stage.credential('rendobar', key, { plan: 'pro' }),
          parameters: { events: ['job.completed', 'job.failed'] },
          webhookId: 'a1b2c3d4-0000-4000-8000-000000000001',
        },
        sink('End'),
      ],
      links: [['Trigger', 0, 'End']],
    });
    await stage.n8n.activate(workflow);
    endpoint = await vi.waitFor(
      async () => {
        const [registered, ...more] = await endpoints(key);
        if (!registered || more.length > 0) throw new Error('Not registered once.');
        return registered;
      },
      { timeout: 15_000, interval: 250 },
    );
    await untilReachable(endpoint.url);
  });

  it('is registered for its events by activating the workflow', () => {
    expect(endpoint.url).toContain(stage.n8n.url);
    expect([...endpoint.subscribedEvents].sort()).toEqual(['job.completed', 'job.failed']);
  });

  it('starts the workflow when a job has ended, with the event and the job', async () => {
    const { data } = (await call('/jobs', key, REQUESTS.rendobar)) as { data: { id: string } };
    await expect.poll(async () => (await runsOf(workflow)).length, { timeout: 15_000 }).toBe(1);
    const [run] = await runsOf(workflow);
    const execution = await stage.n8n.waitFor(run?.id ?? '');
    expect(execution.json('End')).toMatchObject([
      { event: 'job.completed', jobId: data.id, job: { state: 'succeeded' } },
    ]);
  });

  it('starts nothing for a delivery that is repeated', async () => {
    const before = (await runsOf(workflow)).length;
    const [delivery] = (await stage.sandbox.deliveries()) as { id: string; event: string }[];
    await stage.sandbox.replay(delivery?.id ?? '');
    await sleep(1_500);
    expect(await runsOf(workflow)).toHaveLength(before);
  });

  it('refuses what nobody signed, and starts nothing', async () => {
    const before = (await runsOf(workflow)).length;
    const forged = JSON.stringify({
      version: '1',
      event: 'job.completed',
      deliveryId: 'whd_forged',
      timestamp: Date.now(),
      orgId: 'org_1',
      data: { jobId: 'job_forged', jobType: 'ffmpeg', status: 'complete' },
    });
    const timestamp = `${Math.floor(Date.now() / 1000)}`;
    expect(await post(endpoint.url, forged)).toBe(401);
    expect(
      await post(endpoint.url, forged, {
        'x-rendobar-timestamp': timestamp,
        'x-rendobar-signature': `sha256=${'0'.repeat(64)}`,
      }),
    ).toBe(401);
    await sleep(500);
    expect(await runsOf(workflow)).toHaveLength(before);
  });

  it('keeps no secret in clear in what n8n stores of the workflow', async () => {
    const stored = JSON.stringify(await stage.n8n.request('GET', `/rest/workflows/${workflow.id}`));
    // What the trigger remembers is there to be seen.
    expect(stored).toContain(endpoint.id);
    expect(stored).not.toMatch(/whsec_/);
    expect(stored).not.toContain(key);
  });

  it('still verifies after a restart of n8n, and is registered once', async () => {
    await stage.restartN8n();
    await untilReachable(endpoint.url);
    expect(await endpoints(key)).toHaveLength(1);
    const before = (await runsOf(workflow)).length;
    await call('/jobs', key, REQUESTS.rendobar);
    await expect.poll(async () => (await runsOf(workflow)).length, { timeout: 15_000 }).toBe(before + 1);
  });

  it('is removed by deactivating the workflow', async () => {
    await stage.n8n.deactivate(workflow);
    await expect.poll(() => endpoints(key), { timeout: 15_000 }).toEqual([]);
  });
});

describe('the PhantomFlow Trigger', () => {
  const key = 've_test_pro_trigger';
  const webhookId = 'a1b2c3d4-0000-4000-8000-000000000002';
  let workflow: StoredWorkflow;
  let url: string;

  beforeAll(async () => {
    workflow = await stage.n8n.createWorkflow({
      name: 'On a finished film',
      nodes: [
        {
          name: 'Trigger',
          type: 'n8n-nodes-renderq.phantomFlowTrigger',
          credentials: await stage.credential('phantomflow', key, { plan: 'pro' }),
          parameters: { states: ['succeeded', 'failed'] },
          webhookId,
        },
        sink('End'),
      ],
      links: [['Trigger', 0, 'End']],
    });
    await stage.n8n.activate(workflow);
    url = `${stage.n8n.url}/webhook/${webhookId}/webhook`;
    await untilReachable(url);
  });

  const render = async (movie: object) => {
    const response = await fetch(`${stage.sandbox.phantomFlowUrl}/api/render`, {
      method: 'POST',
      headers: { 'x-api-key': key, 'content-type': 'application/json' },
      body: JSON.stringify(movie),
    });
    return ((await response.json()) as { job_id: string }).job_id;
  };

  it('starts the workflow once for a film that is ready, by what the job itself says', async () => {
    const jobId = await render({ ...REQUESTS.phantomflow, webhook_uri: url });
    await expect.poll(async () => (await runsOf(workflow)).length, { timeout: 15_000 }).toBe(1);
    const [run] = await runsOf(workflow);
    const execution = await stage.n8n.waitFor(run?.id ?? '');
    expect(execution.json('End')).toMatchObject([{ event: 'render.completed', jobId, state: 'succeeded' }]);
    await post(url, JSON.stringify({ job_id: jobId, status: 'completed' }));
    await sleep(1_000);
    expect(await runsOf(workflow)).toHaveLength(1);
  });

  it('starts nothing for a film of nobody, for one that still renders, and for no film', async () => {
    const before = (await runsOf(workflow)).length;
    await stage.sandbox.addFault({
      match: { account: key, method: 'POST', path: '/api/render' },
      do: { hang: 'running', progress: 0.4 },
    });
    const running = await render(REQUESTS.phantomflow);
    for (const jobId of ['4d9d46e5-6a3b-4d4f-9e35-64a4c2b0b6f1', running]) {
      expect(await post(url, JSON.stringify({ job_id: jobId, status: 'completed' }))).toBeLessThan(500);
    }
    await post(url, 'no json at all');
    await sleep(1_500);
    expect(await runsOf(workflow)).toHaveLength(before);
  });

  it('is not reachable any more once the workflow is not active', async () => {
    await stage.n8n.deactivate(workflow);
    await expect.poll(() => post(url, '{}'), { timeout: 15_000 }).toBe(404);
  });
});
