import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SeenItem } from '../harness/execution.ts';
import { flowOf, REQUESTS, type RenderNode, renderNode } from '../harness/render-nodes.ts';
import { openStage, type Stage } from '../harness/stage.ts';
import type { Item } from '../harness/workflow.ts';

const KEY = 'rb_sandbox_operations';
let stage: Stage;
let credentials: Readonly<Record<string, string>>;

beforeAll(async () => {
  stage = await openStage();
  credentials = await stage.credential('rendobar', KEY, { plan: 'pro' });
});
afterAll(() => stage.close());

/** Runs one operation of the Rendobar node; gives what reached the next node. */
async function run(action: string, parameters: object, items?: readonly Item[], more: Partial<RenderNode> = {}) {
  const node = renderNode({ name: 'Rendobar', provider: 'rendobar', action, parameters, credentials, ...more });
  const execution = await stage.n8n.run(flowOf(node, items));
  expect(execution.error?.message).toBeUndefined();
  expect(execution.status).toBe('success');
  return execution.output('Rendobar 0');
}

const asJson = (request: object) => ({ requestMode: 'json', requestJson: JSON.stringify(request) });

const linkOf = (item: SeenItem | undefined) => String((item?.json.output as { url?: string } | undefined)?.url);

async function renderedJob(): Promise<string> {
  const [item] = await run('job.renderAndWait', asJson(REQUESTS.rendobar));
  return String(item?.json.jobId);
}

describe('the Rendobar node against the sandbox', () => {
  it('creates a job and goes on with it as it was accepted', async () => {
    const items = await run('job.create', asJson(REQUESTS.rendobar), [{ json: { row: 1 } }]);
    expect(items).toHaveLength(1);
    expect(items[0]?.json).toMatchObject({
      provider: 'rendobar',
      state: 'queued',
      jobId: expect.stringMatching(/^job_/),
    });
    expect(items[0]?.json).not.toHaveProperty('error');
  });

  it('creates a job out of the form of its type, with named inputs', async () => {
    const items = await run('job.create', {
      requestMode: 'form',
      jobType: 'ffmpeg',
      fields: { mappingMode: 'defineBelow', value: { command: REQUESTS.rendobar.params.command } },
    });
    expect(items[0]?.json).toMatchObject({ provider: 'rendobar', jobId: expect.stringMatching(/^job_/) });
  });

  it('renders and waits: the item has the link of the film', async () => {
    const items = await run('job.renderAndWait', asJson(REQUESTS.rendobar));
    expect(items[0]?.json).toMatchObject({
      state: 'succeeded',
      provider: 'rendobar',
      output: { url: expect.stringContaining(stage.sandbox.rendobarUrl) },
    });
  });

  it('says why it did not let the execution sleep', async () => {
    const items = await run('job.renderAndWait', { ...asJson(REQUESTS.rendobar), branching: 'category' });
    expect(items[0]?.json).toMatchObject({
      state: 'succeeded',
      waitedInProcess: expect.stringContaining('Branch on Outcome'),
    });
  });

  it('gets a job, and keeps the pairing with the items that named the jobs', async () => {
    const jobs = await Promise.all([renderedJob(), renderedJob()]);
    const items = await run(
      'job.get',
      { jobId: '={{ $json.id }}' },
      jobs.map((id) => ({ json: { id } })),
    );
    expect(items.map((item) => item.json.jobId)).toEqual(jobs);
    expect(items.map((item) => item.json.state)).toEqual(['succeeded', 'succeeded']);
    expect(items.map((item) => item.pairedItem)).toMatchObject([{ item: 0 }, { item: 1 }]);
  });

  it('lists jobs up to a limit, all of them, and by state', async () => {
    await Promise.all([renderedJob(), renderedJob(), renderedJob()]);
    expect(await run('job.getMany', { returnAll: false, limit: 2 })).toHaveLength(2);
    const all = await run('job.getMany', { returnAll: true });
    expect(all.length).toBeGreaterThanOrEqual(3);
    const complete = await run('job.getMany', { returnAll: true, options: { status: 'complete' } });
    expect(new Set(complete.map((item) => item.json.state))).toEqual(new Set(['succeeded']));
    expect(await run('job.getMany', { returnAll: true, options: { status: 'cancelled' } })).toEqual([]);
  });

  it('reads the log of a job', async () => {
    const [item] = await run('job.getLogs', { jobId: await renderedJob() });
    expect(Number(item?.json.count)).toBeGreaterThan(0);
    expect(JSON.stringify(item?.json.logs)).toMatch(/ffmpeg|frame|Prepare/i);
  });

  it('cancels a job that runs', async () => {
    const { rendobarUrl } = stage.sandbox;
    const response = await fetch(`${rendobarUrl}/jobs`, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', 'x-sandbox-fault': 'stuck:40' },
      body: JSON.stringify(REQUESTS.rendobar),
    });
    const { data } = (await response.json()) as { data: { id: string } };
    const items = await run('job.cancel', { jobId: data.id });
    expect(items[0]?.json).toMatchObject({ jobId: data.id, state: 'cancelled' });
  });

  it('downloads the film: its bytes are those behind the link', async () => {
    const [film] = await run('job.renderAndWait', asJson(REQUESTS.rendobar));
    const [item] = await run('job.download', { jobId: String(film?.json.jobId), binaryPropertyName: 'film' });
    const binary = item?.binary?.film;
    expect(binary).toMatchObject({ mimeType: 'video/mp4' });
    const there = await fetch(linkOf(film));
    const expected = Buffer.from(await there.arrayBuffer());
    const kept = await fetch(
      `${stage.n8n.url}/rest/binary-data?id=${encodeURIComponent(binary?.id ?? '')}&action=view`,
      {
        headers: stage.n8n.headers(),
      },
    );
    expect(Buffer.from(await kept.arrayBuffer()).equals(expected)).toBe(true);
    expect(expected.subarray(4, 8).toString()).toBe('ftyp');
  });

  it('uploads the binary data of an item, and a job reads it by the link', async () => {
    const picture = await readFile(new URL('../../../docs/images/sandbox.png', import.meta.url));
    const items = await run('file.upload', { binaryPropertyName: 'picture' }, [
      {
        json: {},
        binary: { picture: { data: picture.toString('base64'), mimeType: 'image/png', fileName: 'picture.png' } },
      },
    ]);
    expect(items[0]?.json).toMatchObject({ provider: 'rendobar', sizeBytes: picture.length, filename: 'picture.png' });
    const request = {
      type: 'ffmpeg',
      inputs: { 'in.png': items[0]?.json.url },
      params: { command: 'ffmpeg -i in.png -vf scale=64:-2 -frames:v 1 out.png' },
    };
    const [film] = await run('job.renderAndWait', asJson(request));
    expect(film?.json).toMatchObject({ state: 'succeeded' });
  });

  it('reads the account: balance, plan and limits', async () => {
    const [item] = await run('account.get', {});
    expect(item?.json).toMatchObject({ provider: 'rendobar', balance: expect.anything(), plan: expect.anything() });
  });

  it('sends the same idempotency key for the same item of the same run only', async () => {
    const two = await run('job.create', asJson(REQUESTS.rendobar), [{ json: {} }, { json: {} }]);
    expect(new Set(two.map((item) => item.json.jobId)).size).toBe(2);
    const keyed = { ...asJson(REQUESTS.rendobar), options: { idempotencyKey: 'film-42' } };
    const [first] = await run('job.create', keyed);
    const [second] = await run('job.create', keyed);
    expect(second?.json.jobId).toBe(first?.json.jobId);
  });
});
