import { request as httpRequest } from 'node:http';
import { connect as connectSocket } from 'node:net';
import { Client as ModernClient, StreamableHTTPClientTransport as ModernHttp } from '@modelcontextprotocol/client';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as OldHttp } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLIENTS, type ClientKind, connect, type Seen } from './mcp/connect.ts';
import { type HttpServer, startHttpServer } from './mcp/http-server.ts';
import { freshHome, startRaw } from './mcp/server-process.ts';

const ANNA = 'anna-0123456789abcdef';
const BERT = 'bert-0123456789abcdef';
const MOVIE = { width: 160, height: 90, fps: 10, quality: 'low', scenes: [{ duration: 1, background: '#102030' }] };
const ENDLESS = {
  type: 'ffmpeg',
  params: { command: 'ffmpeg -f lavfi -i testsrc=duration=3600:size=1280x720:rate=30 out.mp4' },
};

interface Caller {
  call(tool: string, args?: Record<string, unknown>): Promise<Seen>;
  close(): Promise<void>;
}

async function open(kind: ClientKind, url: string, token?: string): Promise<Caller> {
  const requestInit = token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } };
  const info = { name: 'journey', version: '1.0.0' };
  const address = new URL(url);
  const read = (result: Record<string, unknown>): Seen => {
    const [first] = result.content as { readonly text?: string }[];
    return { ...(result.structuredContent as object), isError: result.isError === true, text: first?.text ?? '' };
  };
  if (kind === 'v1') {
    const client = new OldClient(info);
    // The transport of the 1.x SDK does not declare its session id as its own interface has it.
    await client.connect(new OldHttp(address, { requestInit }) as unknown as Parameters<OldClient['connect']>[0]);
    return {
      call: async (name, args = {}) => read(await client.callTool({ name, arguments: args })),
      close: () => client.close(),
    };
  }
  const mode = kind === 'v2 of revision 2026-07-28' ? ({ pin: '2026-07-28' } as const) : 'legacy';
  const client = new ModernClient(info, { versionNegotiation: { mode } });
  await client.connect(new ModernHttp(address, { requestInit }));
  return {
    call: async (name, args = {}) => read(await client.callTool({ name, arguments: args })),
    close: () => client.close(),
  };
}

async function post(url: string, headers: Readonly<Record<string, string>>, body = '{}'): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      url,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
      },
      (response) => {
        response.resume();
        resolve(response.statusCode);
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

describe.each(CLIENTS)('over HTTP, a client %s', (kind) => {
  let server: HttpServer;
  beforeAll(async () => {
    server = await startHttpServer({ RENDERQ_HTTP_TOKEN: `anna:${ANNA},bert:${BERT}`, RENDERQ_LOG: 'debug' });
  });
  afterAll(() => server?.stop());

  it('renders a film that no other principal sees, and no token is ever logged', async () => {
    const anna = await open(kind, server.url, ANNA);
    const bert = await open(kind, server.url, BERT);
    const submitted = await anna.call('submit_render', { provider: 'phantomflow', request: MOVIE });
    const jobId = submitted.job?.id ?? '';
    expect(submitted.error).toBeUndefined();

    const foreign = await bert.call('get_job', { jobId });
    expect(foreign.error?.code).toBe('NOT_FOUND');
    expect((await bert.call('cancel_job', { jobId })).error?.code).toBe('NOT_FOUND');
    expect((await bert.call('list_jobs')).jobs).toEqual([]);
    expect((await anna.call('list_jobs')).jobs?.map(({ id }) => id)).toEqual([jobId]);

    let seen = await anna.call('get_job', { jobId, waitSeconds: 20 });
    for (let looks = 0; looks < 4 && seen.job?.state !== 'succeeded'; looks += 1) {
      seen = await anna.call('get_job', { jobId, waitSeconds: 20 });
    }
    expect(seen.job?.state).toBe('succeeded');
    await Promise.all([anna.close(), bert.close()]);
    expect(server.stderr).not.toMatch(/0123456789abcdef/);
  });

  it('is turned away without a token of this server', async () => {
    await expect(open(kind, server.url)).rejects.toThrow();
    await expect(open(kind, server.url, `${ANNA}x`)).rejects.toThrow();
  });
});

describe.each(CLIENTS)('a client %s that dies while it waits', (kind) => {
  it('leaves no wait behind, and its job goes on', async () => {
    const server = await startHttpServer({ RENDERQ_LOG: 'info' });
    const client = await open(kind, server.url);
    const submitted = await client.call('submit_render', { provider: 'rendobar', request: ENDLESS });
    const jobId = submitted.job?.id ?? '';
    const wait = client.call('get_job', { jobId, waitSeconds: 45 }).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(server.stderr).not.toContain('"tool":"get_job"');
    await client.close();
    await wait;
    await expect.poll(() => server.stderr, { timeout: 5000 }).toContain('"tool":"get_job"');
    const other = await open(kind, server.url);
    expect((await other.call('get_job', { jobId })).job?.state).toMatch(/^(queued|submitting|running)$/);
    await other.close();
    await server.stop();
  });
});

describe('the door', () => {
  let server: HttpServer;
  beforeAll(async () => {
    server = await startHttpServer();
  });
  afterAll(() => server?.stop());

  it('is closed to other names and to pages of other sites', async () => {
    expect(await post(server.url, { host: 'evil.test' })).toBe(403);
    expect(await post(server.url, { origin: 'https://evil.test' })).toBe(403);
    expect(await post(server.url, { origin: 'null' })).toBe(403);
    expect(await post(`${server.url}?token=${ANNA}`, {})).toBe(400);
  });

  it('takes no body over its bound, declared or not', async () => {
    const large = `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"pad":"${'x'.repeat(4_300_000)}"}}`;
    expect(await post(server.url, {}, large)).toBe(413);
    expect(await post(server.url, { 'transfer-encoding': 'chunked' }, large)).toBe(413);
  });

  it('survives connections that say nothing sensible', async () => {
    const { hostname, port } = new URL(server.url);
    for (const noise of [
      '\u0000\u0001\r\n\r\n',
      'POST /mcp HTTP/1.1\r\nHost: \r\n\r\n',
      'GET http://[ HTTP/1.1\r\nHost: [\r\n\r\n',
    ]) {
      const socket = connectSocket(Number(port), hostname, () => socket.end(noise));
      await new Promise((resolve) => socket.once('close', resolve).resume().on('error', resolve));
    }
    const alive = await fetch(new URL('/healthz', server.url));
    expect([alive.status, await alive.text()]).toEqual([200, 'ok\n']);
  });
});

describe('the process', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'answers waiting calls with the job as it is and exits on %s',
    async (signal) => {
      const server = await startHttpServer();
      const client = await open('v2 of revision 2026-07-28', server.url);
      const submitted = await client.call('submit_render', { provider: 'rendobar', request: ENDLESS });
      const jobId = submitted.job?.id ?? '';
      const wait = client.call('get_job', { jobId, waitSeconds: 45 });
      await new Promise((resolve) => setTimeout(resolve, 500));
      const run = await server.stop(signal);
      const seen = await wait;
      expect(seen.job).toMatchObject({ id: jobId, state: expect.stringMatching(/^(queued|submitting|running)$/) });
      expect(run).toMatchObject({ code: 0, stdout: '' });
      expect(run.closeMs).toBeLessThan(5000);
      await client.close();
    },
  );

  it('keeps a job across its own death, for HTTP and stdio on one home', async () => {
    const RENDERQ_HOME = freshHome();
    const first = await startHttpServer({ RENDERQ_HOME });
    const client = await open('v1', first.url);
    const submitted = await client.call('submit_render', { provider: 'phantomflow', request: MOVIE });
    await first.stop('SIGKILL');

    const second = await startHttpServer({ RENDERQ_HOME });
    const again = await open('v1', second.url);
    const onStdio = await connect('v1', { RENDERQ_HOME });
    for (const { call } of [again, onStdio]) {
      expect((await call('list_jobs')).jobs?.map(({ id }) => id)).toEqual([submitted.job?.id]);
    }
    await Promise.all([onStdio.close(), second.stop()]);
  });

  it.each([
    [['--host', '0.0.0.0', '--port', '0'], {}, 2, 'RENDERQ_HTTP_TOKEN'],
    [['--port', '0'], { RENDERQ_HTTP_TOKEN: 'short-Secret' }, 2, '16 characters'],
    [['--port', '0', '--allowed-host', 'https://a.test'], {}, 2, '--allowed-host'],
    [['--host', '203.0.113.7', '--port', '0'], { RENDERQ_HTTP_TOKEN: ANNA }, 2, '--host'],
  ])('refuses to start with %j %o', async (args, settings, code, named) => {
    const run = await startRaw(['--http', ...args], settings).end();
    expect(run).toMatchObject({ code, stdout: '' });
    expect(run.stderr).toContain(named);
    expect(run.stderr).toMatch(/^renderq-mcp: .*\n$/);
    expect(run.stderr).not.toContain('short-Secret');
  });

  it('goes on when nobody reads its log any more', async () => {
    const server = await startHttpServer({ RENDERQ_LOG: 'debug' });
    server.closeStderr();
    const client = await open('v1', server.url);
    for (let calls = 0; calls < 3; calls += 1) expect((await client.call('list_jobs')).jobs).toEqual([]);
    expect(await server.stop()).toMatchObject({ code: 0 });
  });

  it('says so and exits with 1 when the port is taken', async () => {
    const server = await startHttpServer();
    const { port } = new URL(server.url);
    const run = await startRaw(['--http', '--port', port]).end();
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toContain(`Port ${port} of 127.0.0.1 is in use`);
    await server.stop();
  });

  it('listens off loopback once a token is set, and there too answers only to names it knows', async () => {
    const server = await startHttpServer({ RENDERQ_HTTP_TOKEN: ANNA }, [
      ...['--host', '0.0.0.0', '--port', '0'],
      ...['--allowed-host', 'renders.example.test'],
    ]);
    const { port } = new URL(server.url);
    const local = `http://127.0.0.1:${port}/mcp`;
    expect(await post(local, {})).toBe(401);
    expect(await post(local, { host: 'renders.example.test' })).toBe(401);
    expect(await post(local, { host: 'other.example.test', authorization: `Bearer ${ANNA}` })).toBe(403);
    await server.stop();
  });
});
