import { describe, expect, it } from 'vitest';
import type { FakeAnswer, SeenRequest } from '../../testing/fake-host.ts';
import { jsons, openNode } from '../../testing/node-stage.ts';

const NOW = 1_790_000_000_000;
const LINK = 'https://cdn.example/dl/job_1?token=t';
const DONE = {
  id: 'job_1',
  type: 'ffmpeg',
  status: 'complete',
  output: { file: { url: LINK, path: 'out.mp4', type: 'video', size: 3 }, files: [], expiresAt: NOW },
};

const PARTS = [1, 2, 3].map((partNumber) => ({ partNumber, url: `https://up.example/${partNumber}?s=1` }));

const open = (operation: string, parameters: object, answer: (request: SeenRequest) => FakeAnswer, more: object = {}) =>
  openNode('rendobar', answer, { parameters: { resource: 'job', operation, jobId: 'job_1', ...parameters }, ...more });

describe('looking at Rendobar jobs', () => {
  it('gets one, in full or simplified', async () => {
    const full = await open('get', {}, () => ({ body: { data: DONE } })).run();
    expect(jsons(full[0])).toMatchObject([{ jobId: 'job_1', type: 'ffmpeg', output: { url: LINK, expiresAt: NOW } }]);
    const short = await open('get', { simplify: true }, () => ({ body: { data: DONE } })).run();
    expect(jsons(short[0])[0]).not.toHaveProperty('type');
    expect(jsons(short[0])).toMatchObject([{ jobId: 'job_1', output: { url: LINK } }]);
  });

  it('gets many up to a limit, with the filter of the options', async () => {
    const page = Array.from({ length: 5 }, (_, at) => ({ ...DONE, id: `job_${at}`, createdAt: NOW - at }));
    const options = { status: 'complete', type: 'ffmpeg', from: '2026-01-02T00:00:00Z', to: '' };
    const node = open('getMany', { limit: 3, options }, () => ({ body: { data: page, meta: { total: 5 } } }));
    expect(jsons((await node.run())[0]).map(({ jobId }) => jobId)).toEqual(['job_0', 'job_1', 'job_2']);
    const query = new URLSearchParams(node.host.seen[0]?.path.split('?')[1]);
    expect(Object.fromEntries(query)).toMatchObject({ status: 'complete', type: 'ffmpeg', from: '1767312000000' });
    expect(query.has('to')).toBe(false);
  });

  it.each([
    [{ status: 'done' }, 'status'],
    [{ from: 'yesterday' }, 'from'],
  ])('refuses the filter %j by its name instead of listing everything', async (options, field) => {
    const node = open('getMany', { limit: 3, options }, () => ({ body: { data: [] } }));
    expect(jsons((await node.run())[0])).toEqual([
      { error: expect.objectContaining({ field: expect.stringContaining(field) }) },
    ]);
    expect(node.host.seen).toEqual([]);
  });

  it('gets all, page by page', async () => {
    const jobs = Array.from({ length: 230 }, (_, at) => ({ ...DONE, id: `job_${at}`, createdAt: NOW - at }));
    const answer = ({ path }: SeenRequest): FakeAnswer => {
      const query = new URLSearchParams(path.split('?')[1]);
      const to = Number(query.get('to') ?? Number.POSITIVE_INFINITY);
      const found = jobs.filter(({ createdAt }) => createdAt <= to);
      return { body: { data: found.slice(0, Number(query.get('limit'))), meta: { total: found.length } } };
    };
    const items = jsons((await open('getMany', { returnAll: true }, answer).run())[0]);
    expect(new Set(items.map(({ jobId }) => jobId)).size).toBe(230);
  });

  it('cancels one, and reads what it wrote: for an agent the end of it', async () => {
    const cancel = open('cancel', {}, () => ({ body: { data: { ...DONE, status: 'cancelled', output: null } } }));
    expect(jsons((await cancel.run())[0])).toMatchObject([{ jobId: 'job_1', state: 'cancelled' }]);
    expect(cancel.host.seen[0]).toMatchObject({ method: 'POST', path: '/jobs/job_1/cancel' });
    const lines = Array.from({ length: 30 }, (_, at) => ({ level: 'info', message: `line ${at}` }));
    const answer = () => ({ body: { data: lines } });
    expect(jsons((await open('getLogs', {}, answer).run())[0])[0]).toMatchObject({ count: 30, logs: { length: 30 } });
    const tool = open('getLogs', {}, answer, { type: 'n8n-nodes-renderq.rendobarTool' });
    expect(jsons((await tool.run())[0])[0]).toMatchObject({
      count: 30,
      logs: { length: 20, 19: { message: 'line 29' } },
    });
  });
});

describe('moving files of Rendobar', () => {
  it('downloads the output into a binary field, without the key for the file host', async () => {
    const node = open('download', { binaryPropertyName: 'film' }, ({ path }) =>
      path === '/jobs/job_1'
        ? { body: { data: DONE } }
        : { headers: { 'content-type': 'video/mp4' }, body: new Uint8Array([0, 1, 2]) },
    );
    const [item] = (await node.run())[0] ?? [];
    expect(item).toMatchObject({
      json: { jobId: 'job_1', fileName: 'out.mp4' },
      binary: { film: { mimeType: 'video/mp4' } },
    });
    expect([...(node.kept.get('out.mp4') ?? [])]).toEqual([0, 1, 2]);
    expect(node.host.seen.map(({ options }) => options.headers?.authorization !== undefined)).toEqual([true, false]);
  });

  it('is a typed item while there is no output, and for an item without a file', async () => {
    const waiting = { ...DONE, status: 'running', output: null };
    const early = open('download', { binaryPropertyName: 'film' }, () => ({ body: { data: waiting } }));
    expect(jsons((await early.run())[0])).toEqual([
      { error: expect.objectContaining({ code: 'CONFLICT', jobId: 'job_1' }) },
    ]);
    const empty = openNode('rendobar', () => ({}), {
      parameters: { resource: 'file', operation: 'upload', binaryPropertyName: 'data' },
    });
    expect(jsons((await empty.run())[0])).toEqual([
      { error: expect.objectContaining({ field: 'binaryPropertyName' }) },
    ]);
    expect(empty.host.seen).toEqual([]);
  });

  it('uploads a file out of the store of n8n, each byte read once for its sum and once for its way', async () => {
    const content = Uint8Array.from({ length: 1000 }, (_, at) => at % 251);
    const stored: number[] = [];
    const node = openNode(
      'rendobar',
      async ({ method, path, options }) => {
        if (method === 'PUT') {
          for await (const chunk of options.body as unknown as AsyncIterable<Uint8Array>) stored.push(...chunk);
          return { headers: { etag: '"e1"' } };
        }
        const asset = { id: 'asset_1', url: 'https://api.rendobar.com/assets/asset_1/content', status: 'ready' };
        if (path === '/assets')
          return { body: { data: asset, status: 'pending', upload: { partSize: 400, parts: PARTS } } };
        return { body: { data: asset } };
      },
      {
        parameters: { resource: 'file', operation: 'upload', binaryPropertyName: 'data' },
        items: [{ json: {}, binary: { data: { id: 'fs:1', data: '', mimeType: 'video/mp4', fileName: 'film.mp4' } } }],
        files: { 'fs:1': content },
      },
    );
    const items = jsons((await node.run())[0]);
    expect(items).toMatchObject([{ id: 'asset_1', url: 'https://api.rendobar.com/assets/asset_1/content' }]);
    expect(stored).toEqual([...content]);
    expect(node.host.seen[0]?.json).toMatchObject({ filename: 'film.mp4', size: 1000, contentType: 'video/mp4' });
  });
});

it('tells balance, plan and limits of the account', async () => {
  const data = {
    balance: { amount: 4.5 },
    plan: { slug: 'free', name: 'Free', limits: { concurrentJobs: 1 } },
    upgradePlan: { slug: 'pro' },
  };
  const get = (parameters: object) =>
    openNode('rendobar', () => ({ body: { data } }), {
      parameters: { resource: 'account', operation: 'get', ...parameters },
    });
  const [short] = jsons((await get({}).run())[0]);
  expect(short).toMatchObject({
    provider: 'rendobar',
    balance: 4.5,
    plan: { slug: 'free' },
    limits: { concurrentJobs: 1 },
  });
  expect(short).not.toHaveProperty('upgradePlan');
  expect(jsons((await get({ simplify: false }).run())[0])[0]).toHaveProperty('upgradePlan');
});
