import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startParked } from '../harness/parked-run.ts';
import { flowOf, REQUESTS, renderNode } from '../harness/render-nodes.ts';
import { openStage, type Stage } from '../harness/stage.ts';
import { startVendorStandIn } from '../harness/vendor-stand-in.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

async function jobStates(apiKey: string): Promise<string[]> {
  const response = await fetch(`${stage.sandbox.rendobarUrl}/jobs`, { headers: { authorization: `Bearer ${apiKey}` } });
  const { data } = (await response.json()) as { data: { status: string }[] };
  return data.map(({ status }) => status);
}

/** Starts Render and Wait with a job that does not end; gives the execution once the job runs. */
async function startStuck(apiKey: string, options: object): Promise<string> {
  await stage.sandbox.addFault({
    match: { account: apiKey, method: 'POST', path: '/jobs' },
    do: { hang: 'running', progress: 0.4 },
  });
  const node = renderNode({
    name: 'Render',
    provider: 'rendobar',
    action: 'job.renderAndWait',
    credentials: await stage.credential('rendobar', apiKey, { plan: 'pro' }),
    parameters: { requestMode: 'json', requestJson: JSON.stringify(REQUESTS.rendobar), options },
  });
  const id = await stage.n8n.start(await stage.n8n.createWorkflow(flowOf(node)));
  await expect.poll(() => jobStates(apiKey), { timeout: 10_000 }).toEqual(['running']);
  return id;
}

describe('stopping an execution that sleeps', () => {
  it('ends it, and a callback that comes later wakes nobody', async () => {
    const vendor = await startVendorStandIn();
    try {
      const apiKey = 've_live_stopped';
      const credentials = await stage.credential('phantomflow', apiKey, { baseUrl: vendor.baseUrls.phantomflow });
      const run = await startParked({ n8n: stage.n8n, vendor, provider: 'phantomflow', apiKey, credentials });
      const id = run.jobs[0]?.id ?? '';
      await stage.n8n.stop(run.executionId);
      expect((await stage.n8n.waitFor(run.executionId, ['canceled'], 5_000)).status).toBe('canceled');
      vendor.end(id);
      expect(await vendor.tell(id)).toBeGreaterThanOrEqual(400);
      await sleep(500);
      const later = await stage.n8n.execution(run.executionId);
      expect(later.status).toBe('canceled');
      expect(later.runs('Wait 0')).toEqual([]);
    } finally {
      await vendor.close();
    }
  });
});

describe('stopping an execution that waits', () => {
  it('ends it at once and lets the job run where nobody asked for more', async () => {
    const id = await startStuck('rb_sandbox_left', {});
    await stage.n8n.stop(id);
    expect((await stage.n8n.waitFor(id, ['canceled'], 5_000)).status).toBe('canceled');
    await sleep(1_000);
    expect(await jobStates('rb_sandbox_left')).toEqual(['running']);
  });

  it('cancels the job where its user asked for that', async () => {
    const id = await startStuck('rb_sandbox_cancelled', { cancelOnStop: true });
    await stage.n8n.stop(id);
    expect((await stage.n8n.waitFor(id, ['canceled'], 5_000)).status).toBe('canceled');
    await expect.poll(() => jobStates('rb_sandbox_cancelled'), { timeout: 5_000 }).toEqual(['cancelled']);
  });

  it('does not disturb another execution of the same account', async () => {
    const key = 'rb_sandbox_shared';
    const stuck = await startStuck(key, {});
    await stage.sandbox.addFault({
      match: { account: key, method: 'POST', path: '/jobs' },
      do: { job: 'RUNNER_ERROR', afterMs: 4_000 },
    });
    const node = renderNode({
      name: 'Render',
      provider: 'rendobar',
      action: 'job.renderAndWait',
      credentials: await stage.credential('rendobar', key, { plan: 'pro' }),
      onError: 'continueErrorOutput',
      parameters: { requestMode: 'json', requestJson: JSON.stringify(REQUESTS.rendobar) },
    });
    const other = await stage.n8n.start(await stage.n8n.createWorkflow(flowOf(node, undefined, 2)));
    await expect.poll(async () => (await jobStates(key)).length, { timeout: 10_000 }).toBe(2);
    await stage.n8n.stop(stuck);
    const end = await stage.n8n.waitFor(other, undefined, 20_000);
    expect(end.json('Render 1')).toMatchObject([{ error: { providerCode: 'RUNNER_ERROR' } }]);
  });
});
