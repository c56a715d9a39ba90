import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REQUESTS, renderNode } from '../harness/render-nodes.ts';
import { openStage, type Stage } from '../harness/stage.ts';
import { startVendorStandIn, type VendorJob, type VendorStandIn } from '../harness/vendor-stand-in.ts';
import { type NodeSpec, START, sink } from '../harness/workflow.ts';

let stage: Stage;
let vendor: VendorStandIn;

beforeAll(async () => {
  stage = await openStage();
  vendor = await startVendorStandIn();
});
afterAll(async () => {
  await vendor.close();
  await stage.close();
});

async function waiter(name: string, apiKey: string): Promise<NodeSpec> {
  return renderNode({
    name,
    provider: 'phantomflow',
    action: 'render.renderAndWait',
    credentials: await stage.credential('phantomflow', apiKey, { plan: 'pro', baseUrl: vendor.baseUrls.phantomflow }),
    onError: 'continueErrorOutput',
    parameters: {
      movie: JSON.stringify(REQUESTS.phantomflow),
      maxWaitMinutes: 5,
      waitOptions: { inProcessSeconds: 0 },
    },
  });
}

/** The nth job of an account, once its execution sleeps for it. */
async function sleepingFor(executionId: string, apiKey: string, nth: number): Promise<VendorJob> {
  await expect.poll(() => vendor.jobs(apiKey).length, { timeout: 15_000 }).toBe(nth);
  await stage.n8n.waitFor(executionId, ['waiting'], 15_000);
  const job = vendor.jobs(apiKey).at(-1);
  if (!job) throw new Error('No job.');
  return job;
}

describe('an execution that sleeps several times', () => {
  it('wakes for each turn of a loop', { timeout: 90_000 }, async () => {
    const key = 've_live_loop';
    const workflow = await stage.n8n.createWorkflow({
      name: 'Loop',
      items: [{ json: { row: 1 } }, { json: { row: 2 } }, { json: { row: 3 } }],
      nodes: [
        START,
        { name: 'Loop', type: 'n8n-nodes-base.splitInBatches', version: 3, parameters: { batchSize: 1, options: {} } },
        await waiter('Wait', key),
        sink('Done'),
      ],
      links: [
        ['Start', 0, 'Loop'],
        ['Loop', 0, 'Done'],
        ['Loop', 1, 'Wait'],
        ['Wait', 0, 'Loop'],
      ],
    });
    const id = await stage.n8n.start(workflow);
    const jobs: string[] = [];
    for (const nth of [1, 2, 3]) {
      const job = await sleepingFor(id, key, nth);
      jobs.push(job.id);
      vendor.end(job.id);
      expect(await vendor.tell(job.id)).toBe(200);
    }
    const end = await stage.n8n.waitFor(id);
    expect(end.status).toBe('success');
    expect(end.json('Done').map(({ jobId }) => jobId)).toEqual(jobs);
  });

  it('is not woken in its second sleep by a callback that belongs to the first', { timeout: 90_000 }, async () => {
    const key = 've_live_twice';
    const workflow = await stage.n8n.createWorkflow({
      name: 'Twice',
      nodes: [START, await waiter('First', key), await waiter('Second', key), sink('Done')],
      links: [
        ['Start', 0, 'First'],
        ['First', 0, 'Second'],
        ['Second', 0, 'Done'],
      ],
    });
    const id = await stage.n8n.start(workflow);
    const first = await sleepingFor(id, key, 1);
    vendor.end(first.id);
    expect(await vendor.tell(first.id)).toBe(200);
    const second = await sleepingFor(id, key, 2);
    // The vendor delivers at least once.
    await vendor.tell(first.id);
    await sleep(500);
    expect((await stage.n8n.execution(id)).status).toBe('waiting');
    vendor.end(second.id);
    expect(await vendor.tell(second.id)).toBe(200);
    const end = await stage.n8n.waitFor(id);
    expect(end.json('Done')).toMatchObject([{ jobId: second.id, state: 'succeeded' }]);
    expect(end.runs('Second')).toHaveLength(1);
  });

  it('keeps the items that failed before the sleep, at their places', { timeout: 90_000 }, async () => {
    const key = 've_live_mixed';
    const node = await waiter('Wait', key);
    const workflow = await stage.n8n.createWorkflow({
      name: 'Mixed',
      items: [JSON.stringify(REQUESTS.phantomflow), '{ "oops', JSON.stringify(REQUESTS.phantomflow)].map((movie) => ({
        json: { movie },
      })),
      nodes: [
        START,
        { ...node, parameters: { ...node.parameters, movie: '={{ $json.movie }}' } },
        sink('Good'),
        sink('Bad'),
      ],
      links: [
        ['Start', 0, 'Wait'],
        ['Wait', 0, 'Good'],
        ['Wait', 1, 'Bad'],
      ],
    });
    const id = await stage.n8n.start(workflow);
    await sleepingFor(id, key, 2);
    for (const job of vendor.jobs(key)) {
      vendor.end(job.id);
      expect(await vendor.tell(job.id)).toBe(200);
    }
    const end = await stage.n8n.waitFor(id);
    expect(end.json('Good')).toHaveLength(2);
    expect(end.output('Wait', 0).map(({ pairedItem }) => pairedItem)).toMatchObject([{ item: 0 }, { item: 2 }]);
    expect(end.json('Bad')).toMatchObject([{ error: { code: 'INVALID_REQUEST', field: 'movie' } }]);
  });
});
