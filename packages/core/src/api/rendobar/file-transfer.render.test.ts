import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fileSource } from '../../host/file-source.ts';
import { saveFile } from '../../host/save-file.ts';
import { nodePorts } from '../../node.ts';
import { serveHttp } from '../../testing/http-server.ts';
import { startStorageStandIn } from '../../testing/storage-stand-in.ts';
import { createRendobarClient } from './index.ts';

const MB = 1024 * 1024;
const SIZE = 200 * MB;
const PART = 10 * MB;
/** Far below the size of the file: what buffers and sockets of four parts and the stand-in itself may take. */
const MOST_MEMORY = 96 * MB;
const KEY = 'rb_key_that_stays_at_home';

let folder = '';
let movie = '';
const partSums: Buffer[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'renderq-'));
  movie = join(folder, 'movie.mp4');
  const file = await open(movie, 'w');
  for (let part = 0; part < SIZE / PART; part += 1) {
    const content = Buffer.alloc(PART, `part ${part} `);
    partSums.push(createHash('sha256').update(content).digest());
    await file.write(content);
  }
  await file.close();
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Bytes by which the process grew at most while the task ran. */
async function growthOf(task: () => Promise<unknown>): Promise<number> {
  const before = process.memoryUsage.rss();
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 10);
  try {
    await task();
  } finally {
    clearInterval(timer);
  }
  return most - before;
}

it('uploads 200 MB from disk in parallel parts with flat memory', async () => {
  const stand = await startStorageStandIn({ multipartAbove: PART, partSize: PART, sumsOnly: true });
  const client = createRendobarClient({ apiKey: KEY, baseUrl: stand.url }, nodePorts());
  const source = await fileSource(movie);
  const growth = await growthOf(() => client.assets.upload(source));
  const whole = createHash('sha256');
  for (const sum of partSums) whole.update(sum);
  expect(stand.completed.get('asset_0')).toEqual({ size: SIZE, sha256: whole.digest('hex') });
  expect(growth).toBeLessThan(MOST_MEMORY);
  await stand.close();
});

it('downloads 200 MB to disk with flat memory, over a connection that breaks', async () => {
  let requests = 0;
  const host = await serveHttp((request, response) => {
    if (request.url === '/jobs/job_1') {
      const job = { id: 'job_1', status: 'complete', output: { file: { url: `${host.url}/file`, path: 'movie.mp4' } } };
      response.setHeader('content-type', 'application/json');
      return response.end(JSON.stringify({ data: job }));
    }
    requests += 1;
    const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    response.writeHead(start === 0 ? 200 : 206, {
      etag: '"v1"',
      'content-length': SIZE - start,
      ...(start > 0 && { 'content-range': `bytes ${start}-${SIZE - 1}/${SIZE}` }),
    });
    const stream = createReadStream(movie, { start, ...(requests === 1 && { end: SIZE / 2 }) });
    if (requests === 1) stream.once('end', () => request.socket.resetAndDestroy());
    return stream.pipe(response, { end: requests > 1 });
  });
  const client = createRendobarClient({ apiKey: KEY, baseUrl: host.url }, { ...nodePorts(), random: () => 0 });
  const path = join(folder, 'copy.mp4');
  const growth = await growthOf(async () => saveFile((await client.jobs.download('job_1')).body, path));
  expect(requests).toBe(2);
  expect((await stat(path)).size).toBe(SIZE);
  expect(await sumOf(path)).toBe(await sumOf(movie));
  expect(growth).toBeLessThan(MOST_MEMORY);
  await host.close();
});

async function sumOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}
