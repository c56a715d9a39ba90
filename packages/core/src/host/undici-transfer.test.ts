import { afterEach, describe, expect, it } from 'vitest';
import { TransportError, type TransportFault } from '../ports/http-transport.ts';
import { serveHttp } from '../testing/http-server.ts';
import { collect } from '../testing/rendobar-stage.ts';
import { createUndiciTransfer } from './undici-transfer.ts';

const transfer = createUndiciTransfer();
const opened: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const entry of opened.splice(0)) await entry.close();
});

async function serve(handler: Parameters<typeof serveHttp>[0]): Promise<string> {
  const server = await serveHttp(handler);
  opened.push(server);
  return server.url;
}

async function* pieces(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield new TextEncoder().encode(text);
}

async function faultOf(promise: Promise<unknown>): Promise<TransportFault> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof TransportError) return error.fault;
  throw new Error(`no TransportError but ${String(error)}`);
}

const upload = (url: string, more: Partial<Parameters<typeof transfer.upload>[0]> = {}) =>
  transfer.upload({ url, headers: {}, body: pieces('hello ', 'there'), length: 11, idleTimeoutMs: 5_000, ...more });

describe('an upload over undici', () => {
  it('puts the bytes with their length and the headers it was told', async () => {
    const url = await serve(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      response.writeHead(201, { ETag: '"e"' }).end(`${request.method} ${request.headers['content-length']} ${body}`);
    });
    const answer = await upload(url, { headers: { 'content-type': 'video/mp4' } });
    expect(answer).toMatchObject({ status: 201, body: 'PUT 11 hello there' });
    expect(answer.headers.etag).toBe('"e"');
  });

  it('gives an answer that comes before the end of the body', async () => {
    const url = await serve((request, response) => {
      request.resume();
      response.writeHead(403, { connection: 'close' }).end('no');
    });
    const endless = (async function* () {
      for (let index = 0; index < 64; index += 1) yield new Uint8Array(65_536);
    })();
    const { status } = await upload(url, { body: endless, length: 64 * 65_536 });
    expect(status).toBe(403);
  });

  it('tells a reset in the middle from a refused connection', async () => {
    const url = await serve((request) => request.once('data', () => request.socket.resetAndDestroy()));
    expect(await faultOf(upload(url))).toMatchObject({ kind: 'reset', sent: 'maybe-sent' });
    await opened.pop()?.close();
    expect(await faultOf(upload(url))).toMatchObject({ kind: 'connect', sent: 'not-sent' });
  });

  it("passes a source's own error on as it is", async () => {
    const url = await serve(async (request, response) => {
      for await (const _chunk of request);
      response.end();
    });
    const failing = (async function* () {
      yield new Uint8Array(4);
      throw new RangeError('the disk is gone');
    })();
    await expect(upload(url, { body: failing })).rejects.toThrow(RangeError);
  });

  it('ends with the caller, and where nothing moves', async () => {
    const url = await serve((request) => void request.resume());
    const leave = new AbortController();
    const left = faultOf(upload(url, { signal: leave.signal }));
    leave.abort();
    expect((await left).kind).toBe('aborted');
    expect((await faultOf(upload(url, { idleTimeoutMs: 50 }))).kind).toBe('timeout');
  });
});

describe('a download over undici', () => {
  const download = (url: string, idleTimeoutMs = 5_000) => transfer.download({ url, headers: {}, idleTimeoutMs });

  it('gives the head at once and the bytes as they come', async () => {
    const go = Promise.withResolvers<void>();
    const url = await serve(async (_request, response) => {
      response.writeHead(206, { 'Content-Range': 'bytes 0-10/11' });
      response.write('hello ');
      await go.promise;
      response.end('there');
    });
    const answer = await download(url);
    expect(answer).toMatchObject({ status: 206, headers: { 'content-range': 'bytes 0-10/11' } });
    go.resolve();
    expect(Buffer.concat(await collect(answer.body)).toString()).toBe('hello there');
  });

  it('follows no redirect', async () => {
    const url = await serve((_request, response) => response.writeHead(302, { location: '/x' }).end());
    const answer = await download(url);
    expect(answer.status).toBe(302);
    answer.discard();
  });

  it('tells a connection that breaks, stalls or is unwanted, without harm to the process', async () => {
    const url = await serve((request, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('some', () => {
        if (request.url === '/break') request.socket.resetAndDestroy();
      });
    });
    expect((await faultOf(collect((await download(`${url}/break`)).body))).kind).toBe('reset');
    expect((await faultOf(collect((await download(`${url}/stall`, 50)).body))).kind).toBe('timeout');
    (await download(`${url}/stall`)).discard();
    // Nobody reads this one.
    await download(`${url}/break`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  });
});
