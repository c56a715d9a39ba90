import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createNodeRendobar,
  createNodeRendobarWebhookReceiver,
  fileSource,
  RenderError,
  type RendobarClient,
  type RendobarEvent,
  saveFile,
} from '@renderq/core/node';
import { type Sandbox, startSandbox } from '@renderq/sandbox';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

const CLIP = {
  type: 'ffmpeg',
  params: { command: 'ffmpeg -f lavfi -i testsrc=duration=1:size=160x90:rate=10 -pix_fmt yuv420p out.mp4' },
} as const;

let sandbox: Sandbox;
let client: RendobarClient;
let folder: string;
const servers: Server[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'renderq-rendobar-'));
  sandbox = await startSandbox();
  client = createNodeRendobar({ apiKey: sandbox.keys.rendobar, baseUrl: sandbox.rendobarUrl });
  await client.account.adoptLimits();
});

afterEach(async () => {
  await control('DELETE', '/faults');
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

afterAll(async () => {
  await sandbox.close();
  await rm(folder, { recursive: true, force: true });
});

async function control(method: string, path: string, body?: object): Promise<void> {
  const answer = await fetch(`${sandbox.url}/_sandbox${path}`, {
    method,
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  if (!answer.ok) throw new Error(`the control plane answered ${answer.status}: ${await answer.text()}`);
}

async function serve(
  handler: (request: IncomingMessage, response: ServerResponse, body: Buffer) => void,
): Promise<string> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
      handler(request, response, Buffer.concat(chunks));
    } catch {
      response.destroy();
    }
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const isMp4 = (bytes: Buffer) => bytes.subarray(4, 8).toString('latin1') === 'ftyp';

describe('a Rendobar account', () => {
  it('renders, tells what it did, and hands the film over', async () => {
    const job = await client.jobs.create(CLIP, { reference: 'row-1' });
    const done = await client.jobs.wait(job.id, { timeoutMs: 60_000 });
    expect(done).toMatchObject({ state: 'succeeded', type: 'ffmpeg', client: 'renderq' });

    const path = join(folder, 'film.mp4');
    const download = await client.jobs.download(done);
    expect(download.sizeBytes).toBe(await saveFile(download.body, path));
    expect(isMp4(await readFile(path))).toBe(true);
    expect((await client.jobs.logs(job.id)).length).toBeGreaterThan(0);
    expect(await client.jobs.getRaw(job.id)).toMatchObject({ id: job.id, params: CLIP.params });
  });

  it('knows the work of a reference again, and makes it anew only where it never ran', async () => {
    const [first, again] = [
      await client.jobs.create(CLIP, { reference: 'order-7' }),
      await client.jobs.create(CLIP, { reference: 'order-7' }),
    ];
    expect(again).toMatchObject({ id: first.id, replayed: true });

    await control('POST', '/faults', {
      match: { provider: 'rendobar', method: 'POST', path: '/jobs' },
      do: { job: 'DISPATCH_EXHAUSTED' },
    });
    const dead = await client.jobs.create(CLIP, { reference: 'order-8' });
    expect(await client.jobs.wait(dead.id, { timeoutMs: 60_000 })).toMatchObject({
      state: 'failed',
      error: { providerCode: 'DISPATCH_EXHAUSTED', retryable: true },
    });
    const next = await client.jobs.create(CLIP, { reference: 'order-8' });
    expect(next.id).not.toBe(dead.id);
    expect((await client.jobs.create(CLIP, { reference: 'order-8' })).id).toBe(next.id);
  });

  it('lists every job once', async () => {
    const match = { provider: 'rendobar', method: 'POST', path: '/jobs' };
    await control('POST', '/faults', { match, do: { job: 'RUNNER_ERROR' }, times: 'always' });
    const made = new Set<string>();
    for (let index = 0; index < 12; index += 1) made.add((await client.jobs.create(CLIP)).id);
    for (const id of made) await client.jobs.wait(id, { timeoutMs: 60_000 });
    const listed: string[] = [];
    for await (const job of client.jobs.listAll({ limit: 5, status: 'failed' })) listed.push(job.id);
    expect(new Set(listed).size).toBe(listed.length);
    expect(listed).toEqual(expect.arrayContaining([...made]));
    const page = await client.jobs.list({ limit: 3, offset: 3, status: 'failed', type: 'ffmpeg' });
    expect(page.total).toBe(listed.length);
    expect(page.jobs).toHaveLength(3);
  });

  it('cancels a job that would go on for ever', async () => {
    const job = await client.jobs.create({
      type: 'ffmpeg',
      params: { command: 'ffmpeg -f lavfi -i testsrc=duration=3600:size=1280x720:rate=30 out.mp4' },
    });
    expect(await client.jobs.cancel(job.id)).toMatchObject({ id: job.id, state: 'cancelled' });
    await expect(client.jobs.cancel(job.id)).rejects.toMatchObject({ record: { code: 'CONFLICT', jobId: job.id } });
  });

  it('tells what it can do and what it costs', async () => {
    const types = await client.catalogue.types();
    expect(types.map(({ type }) => type)).toContain('ffmpeg');
    expect((await client.catalogue.schema('ffmpeg')).jsonSchema).toBeTypeOf('object');
    expect(await client.ffmpeg.validate('ffmpeg -f lavfi -i testsrc out.webm')).toMatchObject({
      valid: true,
      inferredOutputFormat: 'webm',
    });
    expect(await client.ffmpeg.validate('ffmpeg -i /etc/passwd b.mp4')).toMatchObject({ valid: false });
    expect((await client.account.billing()).balance).toBeGreaterThan(0);
    expect(await client.account.capabilities()).toMatchObject({ limits: { concurrentJobs: expect.any(Number) } });
    expect((await client.account.organization()).id).toBeTypeOf('string');
  });

  it('posts signed events that only the right secret takes, once each', async () => {
    const events: RendobarEvent[] = [];
    const outcomes: string[] = [];
    let take = createNodeRendobarWebhookReceiver({ secret: 'whsec_not_known_yet' });
    const ended = Promise.withResolvers<void>();
    const url = await serve((request, response, body) => {
      take
        .handle(body, request.headers, (event) => {
          events.push(event);
          if (event.event === 'job.completed') ended.resolve();
        })
        .then(
          (outcome) => {
            outcomes.push(outcome);
            response.end();
          },
          (error: unknown) => {
            outcomes.push(RenderError.isInstance(error) ? error.code : 'handler');
            response.writeHead(401).end();
          },
        );
    });
    const endpoint = await client.webhooks.create({ name: 'journey', url, subscribedEvents: ['job.completed'] });
    take = createNodeRendobarWebhookReceiver({ secret: endpoint.signingSecret });
    const job = await client.jobs.create(CLIP);
    await ended.promise;
    expect(events).toMatchObject([{ kind: 'job', event: 'job.completed', job: { id: job.id, state: 'succeeded' } }]);
    await expect.poll(() => outcomes).toEqual(['done']);

    expect(await client.webhooks.update(endpoint.id, { active: false })).toMatchObject({ active: false });
    await client.webhooks.delete(endpoint.id);
    await expect(client.webhooks.get(endpoint.id)).rejects.toMatchObject({ record: { code: 'NOT_FOUND' } });

    // The callback of one job is signed with the organization's secret, not the endpoint's.
    const wrong = await client.jobs.create({ ...CLIP, callback: { url, verify: true } });
    await client.jobs.wait(wrong.id, { timeoutMs: 60_000 });
    await expect.poll(() => outcomes.at(-1)).toBe('UNAUTHENTICATED');
    take = createNodeRendobarWebhookReceiver({ secret: await client.webhooks.callbackSecret() });
    const right = await client.jobs.create({ ...CLIP, callback: { url, verify: true } });
    await expect
      .poll(() => events.some((event) => event.kind === 'job' && event.job.id === right.id), { timeout: 30_000 })
      .toBe(true);
  });

  it('downloads by a link that has expired', async () => {
    const job = await client.jobs.create(CLIP);
    const done = await client.jobs.wait(job.id, { timeoutMs: 60_000 });
    await control('POST', '/clock', { advanceMs: 3_700_000 });
    expect((await fetch(done.output?.url ?? '')).status).toBe(403);
    const path = join(folder, 'late.mp4');
    await saveFile((await client.jobs.download(done)).body, path);
    expect(isMp4(await readFile(path))).toBe(true);
  });
});

describe('an upload', () => {
  const CONTENT = randomBytes(2_500_000);
  const PART = 1_000_000;

  it('goes up in parts, one of which breaks off, and never shows the storage the key', async () => {
    const key = 'rb_key_of_the_upload_journey';
    const stored = new Map<number, Buffer>();
    const seen: string[] = [];
    const told: unknown[] = [];
    const storage = await serve((request, response, body) => {
      seen.push(JSON.stringify(request.headers));
      const part = Number(request.url?.split('/').at(-1));
      if (part === 2 && seen.length <= 3) {
        request.socket.resetAndDestroy();
        return;
      }
      stored.set(part, body);
      response.writeHead(200, { etag: `"etag-${part}"` }).end();
    });
    const api = await serve((request, response, body) => {
      told.push([`${request.method} ${request.url}`, request.headers.authorization, JSON.parse(body.toString())]);
      const data = { id: 'asset_1', contentType: 'video/mp4', url: `${api}/assets/asset_1/content` };
      response.setHeader('content-type', 'application/json');
      if (request.url !== '/assets') {
        response.end(JSON.stringify({ data: { ...data, status: 'ready' } }));
        return;
      }
      const parts = [1, 2, 3].map((partNumber) => ({ partNumber, url: `${storage}/put/${partNumber}` }));
      response.end(JSON.stringify({ status: 'multipart', data, upload: { uploadId: 'u', partSize: PART, parts } }));
    });
    const path = join(folder, 'source.mp4');
    await writeFile(path, CONTENT);
    const asset = await createNodeRendobar({ apiKey: key, baseUrl: api }).assets.upload(await fileSource(path));

    expect(asset).toMatchObject({ id: 'asset_1', status: 'ready', url: `${api}/assets/asset_1/content` });
    expect(Buffer.concat([1, 2, 3].map((part) => stored.get(part) ?? Buffer.of())).equals(CONTENT)).toBe(true);
    expect(seen.length).toBeGreaterThan(3);
    expect(seen.join()).not.toContain(key);
    const checksum = createHash('sha256').update(CONTENT).digest('hex');
    const parts = [1, 2, 3].map((partNumber) => ({ partNumber, etag: `"etag-${partNumber}"` }));
    expect(told).toMatchObject([
      ['POST /assets', `Bearer ${key}`, { filename: 'source.mp4', size: CONTENT.length, checksum }],
      ['POST /assets/asset_1/complete', `Bearer ${key}`, { parts }],
    ]);
  });
});
