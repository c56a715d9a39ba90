import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { McpServer } from '@modelcontextprotocol/server';
import { systemClock } from '@renderq/core/clock';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createLogger } from '../log.ts';
import { createAddressGuard } from './address-guard.ts';
import { readBearerTokens } from './bearer-tokens.ts';
import { type CallerLimitOptions, createCallerLimits } from './caller-limits.ts';
import { createDualEraHandler } from './dual-era-handler.ts';
import { createMcpEndpoint } from './mcp-endpoint.ts';

const ANNA = 'anna-0123456789abcdef';
const BERT = 'bert-0123456789abcdef';

interface StageOptions {
  readonly tokens?: string;
  readonly limits?: Omit<CallerLimitOptions, 'clock'>;
}

/** An endpoint over a server of two tools: one says for whom it works, one waits until it is let go or given up. */
function stage({ tokens, limits = {} }: StageOptions = {}) {
  const gate = Promise.withResolvers<void>();
  const started = Promise.withResolvers<void>();
  const gaveUp = Promise.withResolvers<void>();
  const logLines: string[] = [];
  const log = createLogger('debug', (line) => logLines.push(line));
  const endpoint = createMcpEndpoint({
    handler: createDualEraHandler(({ authInfo }) => {
      const server = new McpServer({ name: 'stage', version: '1.0.0' });
      server.registerTool('whoami', { inputSchema: z.object({}) }, (_args, { http }) => ({
        content: [
          { type: 'text', text: JSON.stringify({ principal: authInfo?.clientId, token: http?.authInfo?.token }) },
        ],
      }));
      server.registerTool('wait', { inputSchema: z.object({}) }, async (_args, { mcpReq }) => {
        mcpReq.signal.addEventListener('abort', () => gaveUp.resolve(), { once: true });
        started.resolve();
        await Promise.race([gate.promise, gaveUp.promise]);
        return { content: [{ type: 'text', text: 'let go' }] };
      });
      return server;
    }, log),
    guard: createAddressGuard('127.0.0.1'),
    tokens: readBearerTokens(tokens),
    limits: createCallerLimits({ clock: systemClock, ...limits }),
    clock: systemClock,
    log,
  });
  return { endpoint, gate, started: started.promise, gaveUp: gaveUp.promise, logLines };
}

type Stage = ReturnType<typeof stage>;

const HEADERS = {
  host: '127.0.0.1:8848',
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
};

interface Call {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
  readonly tool?: string;
}

function send(
  { endpoint }: Stage,
  { path = '/mcp', method = 'POST', headers, body, signal, tool = 'whoami' }: Call = {},
) {
  const rpc = { jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name: tool, arguments: {} } };
  return endpoint.fetch(
    new Request(`http://127.0.0.1:8848${path}`, {
      method,
      headers: { ...HEADERS, ...headers },
      ...(method === 'POST' && { body: body ?? JSON.stringify(rpc) }),
      ...(signal && { signal }),
    }),
  );
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

async function errorOf(response: Response) {
  const { id, error } = (await response.json()) as { id: unknown; error: { data: { error: Record<string, unknown> } } };
  expect(id).toBeNull();
  return error.data.error;
}

async function connect({ endpoint }: Stage, mode: 'legacy' | { readonly pin: '2026-07-28' }, token?: string) {
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
  const transport = new StreamableHTTPClientTransport(new URL('http://127.0.0.1:8848/mcp'), {
    fetch: (url, init) => {
      const headers = new Headers(init?.headers);
      headers.set('host', '127.0.0.1:8848');
      if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
      return endpoint.fetch(new Request(url, { ...init, headers }));
    },
  });
  await client.connect(transport);
  return client;
}

describe.each([
  ['the 2025 revisions', 'legacy' as const],
  ['revision 2026-07-28', { pin: '2026-07-28' as const }],
])('a client of %s', (_name, mode) => {
  it('is served for its principal, and what serves it never sees the token', async () => {
    const set = stage({ tokens: `anna:${ANNA},bert:${BERT}` });
    for (const [name, token] of [
      ['anna', ANNA],
      ['bert', BERT],
    ] as const) {
      const client = await connect(set, mode, token);
      const { content } = await client.callTool({ name: 'whoami', arguments: {} });
      expect(content).toEqual([{ type: 'text', text: JSON.stringify({ principal: name, token: '' }) }]);
      await client.close();
    }
    expect(set.logLines.join('')).not.toMatch(/0123456789abcdef/);
  });

  it('is the local principal where no token is set', async () => {
    const client = await connect(stage(), mode);
    const { content } = await client.callTool({ name: 'whoami', arguments: {} });
    expect(JSON.stringify(content)).toContain('local');
  });
});

describe('the endpoint', () => {
  it('ends the wait of a call that a client of revision 2026-07-28 gives up', async () => {
    const set = stage();
    const client = await connect(set, { pin: '2026-07-28' });
    const giveUp = new AbortController();
    const call = client.callTool({ name: 'wait', arguments: {} }, { signal: giveUp.signal });
    await set.started;
    giveUp.abort();
    await expect(call).rejects.toThrow();
    await set.gaveUp;
  });

  it('challenges who sends no token, and tells who sends a wrong one so', async () => {
    const set = stage({ tokens: ANNA });
    const none = await send(set);
    expect(none.status).toBe(401);
    expect(none.headers.get('www-authenticate')).toBe('Bearer realm="renderq"');
    expect(await errorOf(none)).toMatchObject({ code: 'UNAUTHENTICATED', field: 'Authorization' });
    for (const authorization of [`Bearer ${BERT}`, 'Bearer', `Basic ${ANNA}`, ANNA, `Bearer ${ANNA} x`]) {
      const wrong = await send(set, { headers: { authorization } });
      expect(wrong.status).toBe(401);
      expect(wrong.headers.get('www-authenticate')).toContain('error="invalid_token"');
    }
    expect((await send(set, { headers: bearer(ANNA) })).status).toBe(200);
    expect((await send(set, { headers: { authorization: `bearer ${ANNA}` } })).status).toBe(200);
  });

  it.each(['token', 'access_token', 'API_KEY', 'apikey'])(
    'refuses a secret in the query (%s), right or wrong',
    async (name) => {
      const set = stage({ tokens: ANNA });
      const refused = await send(set, { path: `/mcp?${name}=${ANNA}`, headers: bearer(ANNA) });
      expect(refused.status).toBe(400);
      expect(JSON.stringify(await errorOf(refused)) + set.logLines.join('')).not.toContain(ANNA);
    },
  );

  it('refuses other names and pages of elsewhere with 403, before it asks who calls', async () => {
    const set = stage({ tokens: ANNA });
    for (const headers of [{ host: 'evil.test' }, { origin: 'https://evil.test' }, { origin: 'null' }]) {
      const refused = await send(set, { headers: { ...headers, ...bearer(ANNA) } });
      expect(refused.status).toBe(403);
      expect(await errorOf(refused)).toMatchObject({ code: 'FORBIDDEN' });
    }
  });

  it('serves nothing but its two paths, and no sessions', async () => {
    const set = stage();
    expect((await send(set, { path: '/' })).status).toBe(404);
    expect((await send(set, { path: '/mcp/x' })).status).toBe(404);
    for (const method of ['GET', 'DELETE', 'PUT']) expect((await send(set, { method })).status).toBe(405);
  });

  it('gives a bare sign of life, to anybody and without a detail', async () => {
    const set = stage({ tokens: ANNA });
    const alive = await send(set, { path: '/healthz', method: 'GET', headers: { host: '10.0.0.7' } });
    expect([alive.status, await alive.text()]).toEqual([200, 'ok\n']);
  });

  it('refuses a body that is no JSON, and one of more than 4 MiB', async () => {
    const set = stage();
    expect((await send(set, { body: '{' })).status).toBe(400);
    expect((await send(set, { headers: { 'content-type': 'text/plain' } })).status).toBe(415);
    const pad = (bytes: number) =>
      JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping', params: { pad: 'x'.repeat(bytes) } });
    expect((await send(set, { body: pad(4_000_000) })).status).toBe(200);
    expect((await send(set, { body: pad(4_300_000) })).status).toBe(413);
  });

  it('bounds what a principal sends, by the rate and at once, with a typed error and Retry-After', async () => {
    const fast = stage({ tokens: `anna:${ANNA},bert:${BERT}`, limits: { perSecond: 0.5, burst: 1 } });
    expect((await send(fast, { headers: bearer(ANNA) })).status).toBe(200);
    const refused = await send(fast, { headers: bearer(ANNA) });
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('2');
    const error = await errorOf(refused);
    expect(error).toMatchObject({ code: 'RATE_LIMITED', retryable: true });
    expect(error.retryAfterMs).toBeGreaterThan(1000);
    expect((await send(fast, { headers: bearer(BERT) })).status).toBe(200);

    const busy = stage({ limits: { atOnce: 1 } });
    const first = send(busy, { tool: 'wait' });
    await busy.started;
    const second = await send(busy);
    expect(second.status).toBe(429);
    expect(await errorOf(second)).toMatchObject({ code: 'CONCURRENCY_LIMITED', retryable: true });
    busy.gate.resolve();
    await (await first).text();
    expect((await send(busy)).status).toBe(200);
  });

  it('ends the wait of a 2025 client that went away in the middle, and gives its place back', async () => {
    const set = stage({ limits: { atOnce: 1 } });
    const client = new AbortController();
    const call = send(set, { tool: 'wait', signal: client.signal }).then((response) => response.text());
    await set.started;
    client.abort();
    await call.catch(() => undefined);
    await set.gaveUp;
    await expect.poll(async () => (await send(set)).status).toBe(200);
  });

  it('stops by refusing what comes, while what is under way is answered', async () => {
    const set = stage();
    const call = send(set, { tool: 'wait' });
    await set.started;
    set.endpoint.drain();
    expect((await send(set, { path: '/healthz', method: 'GET' })).status).toBe(503);
    const refused = await send(set);
    expect(refused.status).toBe(503);
    expect(await errorOf(refused)).toMatchObject({ retryable: true });
    let isIdle = false;
    const idle = set.endpoint.idle().then(() => {
      isIdle = true;
    });
    await Promise.resolve();
    expect(isIdle).toBe(false);
    set.gate.resolve();
    expect(await (await call).text()).toContain('let go');
    await idle;
    await set.endpoint.close();
  });
});
