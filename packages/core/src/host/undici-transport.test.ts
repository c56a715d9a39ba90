import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { Agent, buildConnector } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { type HttpRequest, TransportError, type TransportFault } from '../ports/http-transport.ts';
import { createUndiciTransport } from './undici-transport.ts';

const transport = createUndiciTransport();
const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(handler);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const get = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'GET',
  url,
  headers: {},
  timeoutMs: 5_000,
  ...more,
});

async function faultOf(request: HttpRequest): Promise<TransportFault> {
  const error = await transport(request).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof TransportError) return error.fault;
  throw new Error(`no TransportError but ${String(error)}`);
}

describe('the undici transport', () => {
  it('gives status, lower-case headers and body, and sends what it was told', async () => {
    const url = await serve((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += chunk));
      request.on('end', () => {
        response.writeHead(418, { 'X-RateLimit-Limit': '10', 'Set-Cookie': ['a=1', 'b=2'] });
        response.end(`${request.method} ${request.headers['x-api-key']} ${body}`);
      });
    });
    const answer = await transport({
      ...get(`${url}/x`),
      method: 'POST',
      headers: { 'x-api-key': 'k' },
      body: 'grüße',
    });
    expect(answer.status).toBe(418);
    expect(answer.body).toBe('POST k grüße');
    expect(answer.headers).toMatchObject({ 'x-ratelimit-limit': '10', 'set-cookie': 'a=1, b=2' });
  });

  it('keeps the connection for looks, and gives every submit a new one', async () => {
    const sockets = new Set<unknown>();
    const url = await serve((request, response) => {
      sockets.add(request.socket);
      request.resume();
      response.end('{}');
    });
    for (let n = 0; n < 10; n += 1) await transport(get(url));
    const forLooks = sockets.size;
    expect(forLooks).toBeLessThan(10);
    for (let n = 0; n < 10; n += 1) await transport({ ...get(url), method: 'POST', body: '{}' });
    expect(sockets.size).toBe(forLooks + 10);
  });

  it('follows no redirect', async () => {
    let hits = 0;
    const url = await serve((_request, response) => {
      hits += 1;
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    expect((await transport(get(url))).status).toBe(302);
    expect(hits).toBe(1);
  });

  it('proves that nothing was sent when the port is closed', async () => {
    const url = await serve(() => undefined);
    const [server] = servers;
    await new Promise((resolve) => server?.close(resolve));
    expect(await faultOf(get(url))).toMatchObject({ kind: 'connect', sent: 'not-sent', message: 'ECONNREFUSED' });
  });

  it('proves that nothing was sent when the name does not exist', async () => {
    expect(await faultOf(get('http://does-not-exist.invalid/'))).toMatchObject({ kind: 'connect', sent: 'not-sent' });
  });

  it('proves that nothing was sent when TLS fails', async () => {
    const url = await serve(() => undefined);
    expect(await faultOf(get(url.replace('http:', 'https:')))).toMatchObject({ sent: 'not-sent' });
  });

  it('proves that nothing was sent when the connection ends before TLS is there', async () => {
    const url = await serve(() => undefined);
    servers[0]?.on('connection', (socket) => socket.destroy());
    expect(await faultOf(get(url.replace('http:', 'https:')))).toMatchObject({ kind: 'connect', sent: 'not-sent' });
  });

  it('proves that nothing was sent when no connection came up in time', async () => {
    const neverConnects = createUndiciTransport({ dispatcher: new Agent({ connect: () => undefined }) });
    const error = await neverConnects(get('https://slow.example/', { timeoutMs: 40 })).catch((reason) => reason);
    expect(error.fault).toMatchObject({ kind: 'timeout', sent: 'not-sent' });
  });

  it('hears the caller go away while there is no connection yet, and never sends that request later', async () => {
    let heard = 0;
    const url = await serve((_request, response) => {
      heard += 1;
      response.end('{}');
    });
    const connector = buildConnector({});
    const slow = new Agent({
      connect: (options, callback) => void setTimeout(() => connector(options, callback), 400),
    });
    const caller = new AbortController();
    const start = performance.now();
    setTimeout(() => caller.abort(), 10);
    const fault = await createUndiciTransport({ dispatcher: slow })(get(url, { signal: caller.signal })).catch(
      (error) => error.fault,
    );
    expect(performance.now() - start).toBeLessThan(350);
    expect(fault).toMatchObject({ kind: 'aborted', sent: 'not-sent' });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(heard).toBe(0);
  });

  it('takes TLS that breaks after the request for an answer that was lost', async () => {
    const url = await serve((request) => void request.resume());
    const connector = buildConnector({});
    const dispatcher = new Agent({
      connect: (options, callback) =>
        connector(options, (...connected) => {
          const [, socket] = connected;
          const broken = Object.assign(new Error('bad record'), { code: 'ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC' });
          setTimeout(() => socket?.destroy(broken), 30);
          callback(...connected);
        }),
    });
    const error = await createUndiciTransport({ dispatcher })(get(url)).catch((reason) => reason);
    expect(error.fault).toMatchObject({ sent: 'maybe-sent', message: 'ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC' });
  });

  it('keeps nothing of the bytes that it stumbles over', async () => {
    const url = await serve((request) => void request.socket.end('HTTP/1.1 2x0 a-secret-that-was-echoed\r\n\r\n'));
    const error = await transport(get(url)).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ fault: { kind: 'other', sent: 'maybe-sent' } });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('a-secret-that-was-echoed');
  });

  it('calls a reset after the request a reset that may have been heard, and does not try again', async () => {
    let hits = 0;
    const url = await serve((request) => {
      hits += 1;
      request.socket.destroy();
    });
    expect(await faultOf({ ...get(url), method: 'POST', body: '{}' })).toMatchObject({
      kind: 'reset',
      sent: 'maybe-sent',
    });
    expect(await faultOf(get(url))).toMatchObject({ kind: 'reset', sent: 'maybe-sent' });
    expect(hits).toBe(2);
  });

  it('calls a torn body a reset', async () => {
    const url = await serve((request, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"half":');
      setImmediate(() => request.socket.destroy());
    });
    expect(await faultOf(get(url))).toMatchObject({ kind: 'reset', sent: 'maybe-sent' });
  });

  it('bounds the time until the whole answer is there', async () => {
    const silent = await serve(() => undefined);
    expect(await faultOf(get(silent, { timeoutMs: 60 }))).toMatchObject({ kind: 'timeout', sent: 'maybe-sent' });
    const slow = await serve((_request, response) => {
      response.writeHead(200);
      response.write('{');
    });
    expect(await faultOf(get(slow, { timeoutMs: 60 }))).toMatchObject({ kind: 'timeout', sent: 'maybe-sent' });
  });

  it('hears the caller go away', async () => {
    const url = await serve(() => undefined);
    const caller = new AbortController();
    const fault = faultOf(get(url, { signal: caller.signal }));
    setImmediate(() => caller.abort());
    expect(await fault).toMatchObject({ kind: 'aborted' });
  });

  it('refuses an answer of more than 8 MiB', async () => {
    const url = await serve((_request, response) => response.end(Buffer.alloc(9 * 1024 * 1024)));
    expect(await faultOf(get(url))).toMatchObject({ kind: 'too-large', sent: 'maybe-sent' });
  });

  it('asks for no compression and unfolds none', async () => {
    const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024));
    let asked: unknown;
    const url = await serve((request, response) => {
      asked = request.headers['accept-encoding'];
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    });
    expect((await transport(get(url))).body.length).toBeLessThan(1024 * 1024);
    expect(asked).toBe('identity');
  });
});
