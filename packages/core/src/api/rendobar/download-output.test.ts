import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { saveFile } from '../../host/save-file.ts';
import { nodePorts } from '../../node.ts';
import { serveHttp } from '../../testing/http-server.ts';
import { collect } from '../../testing/rendobar-stage.ts';
import { rejection } from '../../testing/scripted-client.ts';
import { createRendobarClient } from './index.ts';

const KEY = 'rb_key_that_stays_at_home';
const CONTENT = randomBytes(200_000);
const opened: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const entry of opened.splice(0)) await entry.close();
});

interface Seen {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly range: string | undefined;
}

type FileHandler = (request: IncomingMessage, response: ServerResponse, index: number) => unknown;

/** An API with one finished job and a file host of another origin, whose answers the test decides. */
async function open(onFile: FileHandler, options: { readonly linkTo?: 'cdn' | 'api'; readonly job?: object } = {}) {
  const looks: string[] = [];
  const files: Seen[] = [];
  const file: FileHandler = (request, response) => {
    files.push({
      path: request.url ?? '',
      authorization: request.headers.authorization,
      range: request.headers.range,
    });
    onFile(request, response, files.length - 1);
  };
  const cdn = await serveHttp((request, response) => file(request, response, 0));
  const api = await serveHttp((request, response) => {
    if (request.url?.startsWith('/files/')) {
      file(request, response, 0);
      return;
    }
    looks.push(request.url ?? '');
    const host = options.linkTo === 'api' ? api.url : cdn.url;
    const url = `${host}/files/${looks.length}/out.mp4?token=t0psecrettoken`;
    const job = options.job ?? { output: { file: { url, path: 'out.mp4' } } };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ data: { id: 'job_1', status: 'complete', ...job } }));
  });
  opened.push(cdn, api);
  // No jitter: repeats follow at once.
  const ports = { ...nodePorts(), random: () => 0 };
  const client = createRendobarClient({ apiKey: KEY, baseUrl: api.url, limits: { requestsPerMinute: 6000 } }, ports);
  return { client, looks, files, cdn, api };
}

/** Answers as a host that knows ranges; `until` cuts the connection after so many bytes. */
function send(request: IncomingMessage, response: ServerResponse, until?: number): void {
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const rest = CONTENT.subarray(start);
  response.writeHead(start === 0 ? 200 : 206, {
    'content-type': 'video/mp4',
    'content-length': rest.length,
    etag: '"v1"',
    ...(start > 0 && { 'content-range': `bytes ${start}-${CONTENT.length - 1}/${CONTENT.length}` }),
  });
  if (until === undefined) response.end(rest);
  else response.write(rest.subarray(0, until), () => setImmediate(() => request.socket.resetAndDestroy()));
}

const bytesOf = async (body: AsyncIterable<Uint8Array>) => Buffer.concat(await collect(body));

describe('downloading an output', () => {
  it('streams the main file, without the API key for a host that is not the API', async () => {
    const { client, files } = await open((request, response) => send(request, response));
    const download = await client.jobs.download('job_1');
    expect(download).toMatchObject({ contentType: 'video/mp4', sizeBytes: CONTENT.length });
    expect((await bytesOf(download.body)).equals(CONTENT)).toBe(true);
    expect(files).toEqual([
      { path: '/files/1/out.mp4?token=t0psecrettoken', authorization: undefined, range: undefined },
    ]);
  });

  it('authenticates to the API itself, and no longer once it is redirected elsewhere', async () => {
    const { client, files, cdn } = await open(
      (request, response, index) => {
        if (index > 0) return send(request, response);
        response.writeHead(302, { location: `${cdn.url}/elsewhere` }).end();
      },
      { linkTo: 'api' },
    );
    await bytesOf((await client.jobs.download('job_1')).body);
    expect(files.map(({ authorization }) => authorization)).toEqual([`Bearer ${KEY}`, undefined]);
  });

  it.each([403, 404, 410])('reads the job once more when its link answers %s', async (status) => {
    const { client, files, looks } = await open((request, response, index) =>
      index === 0 ? response.writeHead(status).end() : send(request, response),
    );
    const job = await client.jobs.get('job_1');
    const download = await client.jobs.download(job);
    expect((await bytesOf(download.body)).equals(CONTENT)).toBe(true);
    expect(looks).toHaveLength(2);
    expect(files[1]?.path).toContain('/files/2/');
  });

  it.each([
    [404, 'OUTPUT_EXPIRED'],
    [410, 'OUTPUT_EXPIRED'],
    [403, 'FORBIDDEN'],
  ])('gives up when a fresh link answers %s as well, telling no token', async (status, code) => {
    const { client, looks } = await open((_request, response) => response.writeHead(status).end());
    const error = await rejection(client.jobs.download('job_1'));
    expect(error.record).toMatchObject({ code, httpStatus: status, jobId: 'job_1', retryable: false });
    expect(JSON.stringify(error)).not.toContain('t0psecrettoken');
    expect(looks).toHaveLength(2);
  });

  it('takes a broken connection up where it broke', async () => {
    const { client, files } = await open((request, response, index) =>
      send(request, response, index < 2 ? 50_000 : undefined),
    );
    const download = await client.jobs.download('job_1');
    expect((await bytesOf(download.body)).equals(CONTENT)).toBe(true);
    expect(files.map(({ range }) => range)).toEqual([undefined, 'bytes=50000-', 'bytes=100000-']);
  });

  it('passes over what it has where the host knows no ranges', async () => {
    const { client } = await open((request, response, index) => {
      delete request.headers.range;
      send(request, response, index === 0 ? 70_000 : undefined);
    });
    expect((await bytesOf((await client.jobs.download('job_1')).body)).equals(CONTENT)).toBe(true);
  });

  it('renews a link that expires while the connection is broken', async () => {
    const { client, looks } = await open((request, response, index) => {
      if (index === 1) response.writeHead(403).end();
      else send(request, response, index === 0 ? 10_000 : undefined);
    });
    expect((await bytesOf((await client.jobs.download('job_1')).body)).equals(CONTENT)).toBe(true);
    expect(looks).toHaveLength(2);
  });

  it('never appends the bytes of another file', async () => {
    const { client } = await open((request, response, index) => {
      if (index === 0) return send(request, response, 10_000);
      const headers = { etag: '"v2"', 'content-range': `bytes 10000-199999/200000`, 'content-length': 190_000 };
      response.writeHead(206, headers).end(Buffer.alloc(190_000));
    });
    const error = await rejection(bytesOf((await client.jobs.download('job_1')).body));
    expect(error.record).toMatchObject({ code: 'NETWORK', jobId: 'job_1' });
    expect(error.message).toContain('changed');
  });

  it('gives up on a connection that breaks again and again without a byte', async () => {
    const { client, files } = await open((request, response, index) =>
      index === 0 ? send(request, response, 10_000) : request.socket.resetAndDestroy(),
    );
    const error = await rejection(bytesOf((await client.jobs.download('job_1')).body));
    expect(error.record).toMatchObject({ code: 'NETWORK', attempts: 4, jobId: 'job_1' });
    expect(files.length).toBeLessThanOrEqual(5);
  });

  it('holds the file against the size and kind that the job tells', async () => {
    const { client, cdn } = await open((request, response) => send(request, response));
    const job = await client.jobs.get('job_1');
    const url = `${cdn.url}/files/1/out`;
    const download = (file: object) =>
      client.jobs.download({ ...job, output: { url, files: [{ url, type: 'video', ...file }] } });
    expect(await bytesOf((await download({ sizeBytes: CONTENT.length })).body)).toHaveLength(CONTENT.length);
    for (const sizeBytes of [CONTENT.length - 1, CONTENT.length + 1]) {
      const error = await rejection(download({ sizeBytes }));
      expect(error.record).toMatchObject({ code: 'BAD_RESPONSE', jobId: 'job_1' });
    }
  });

  it('does not follow redirects for ever', async () => {
    const { client, files } = await open((_request, response) => response.writeHead(302, { location: '/again' }).end());
    expect((await rejection(client.jobs.download('job_1'))).code).toBe('BAD_RESPONSE');
    expect(files).toHaveLength(6);
  });

  it('ends with the caller', async () => {
    const leave = new AbortController();
    const { client } = await open((request, response) => send(request, response, 50_000));
    const download = await client.jobs.download('job_1', { signal: leave.signal });
    const reading = bytesOf(
      (async function* () {
        for await (const chunk of download.body) {
          leave.abort();
          yield chunk;
        }
      })(),
    );
    expect((await rejection(reading)).record).toMatchObject({ code: 'CANCELLED', jobId: 'job_1' });
  });
});

describe('choosing a file', () => {
  const two = [
    { url: 'https://cdn.example/1', path: 'a.png', type: 'image' },
    { url: 'https://cdn.example/2', path: 'b.png', type: 'image' },
  ];

  it.each([
    [{ output: { data: { streams: [] } } }, undefined, 'CONFLICT', undefined],
    [{ status: 'running', output: null }, undefined, 'CONFLICT', undefined],
    [{ output: { files: two } }, undefined, 'INVALID_REQUEST', 'file'],
    [{ output: { files: two } }, 'c.png', 'NOT_FOUND', 'file'],
  ])('refuses %j with file %s as %s', async (job, file, code, field) => {
    const { client, files } = await open(() => undefined, { job });
    const error = await rejection(client.jobs.download('job_1', file === undefined ? {} : { file }));
    expect(error.record).toMatchObject({ code, jobId: 'job_1', ...(field && { field }) });
    expect(files).toHaveLength(0);
  });

  it('cannot download where the host brought no transfer', async () => {
    const { client: _unused, api } = await open(() => undefined);
    const { transfer: _without, ...ports } = nodePorts();
    const client = createRendobarClient({ apiKey: KEY, baseUrl: api.url }, ports);
    expect((await rejection(client.jobs.download('job_1'))).code).toBe('PROVIDER_UNSUPPORTED');
  });
});

describe('saving to disk', () => {
  it('leaves the whole file or nothing', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'renderq-'));
    opened.push({ close: () => rm(folder, { recursive: true }) });
    const { client } = await open((request, response) => send(request, response));
    const path = join(folder, 'out.mp4');
    expect(await saveFile((await client.jobs.download('job_1')).body, path)).toBe(CONTENT.length);
    expect((await readFile(path)).equals(CONTENT)).toBe(true);

    // What is not the film is never saved as the film.
    const page = '<!doctype html><title>Sign in</title>';
    for (const [type, told] of [
      ['text/html', page],
      ['application/octet-stream', page],
      ['application/json', '{"error":{"code":"GONE","message":"expired"}}'],
      ['video/mp4', ''],
    ] as const) {
      const { client: other } = await open((_request, response) => response.setHeader('content-type', type).end(told));
      const save = async () => saveFile((await other.jobs.download('job_1')).body, join(folder, 'other.mp4'));
      expect((await rejection(save())).record).toMatchObject({
        code: type === 'application/json' ? 'OUTPUT_EXPIRED' : 'BAD_RESPONSE',
        jobId: 'job_1',
      });
    }

    const broken = async function* () {
      yield CONTENT;
      throw new Error('broke');
    };
    await expect(saveFile(broken(), join(folder, 'other.mp4'))).rejects.toThrow('broke');
    expect(await readdir(folder)).toEqual(['out.mp4']);
  });
});
