import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { RenderError } from '@renderq/core';
import { urlHost } from './address-guard.ts';
import type { McpEndpoint } from './mcp-endpoint.ts';

export interface Address {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
}

/** A server that is listening. */
export interface HttpHost {
  /** Where MCP is spoken, with the port that was really taken. */
  readonly url: string;
  /**
   * Stops listening, lets the calls under way end for `graceMs`, then ends what is left. `release` is called first: it
   * ends whatever the calls are waiting for.
   */
  close(graceMs: number, release: () => Promise<void>): Promise<void>;
}

/** Under what a client may stretch one request: headers, then the whole of it. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;
/** A connection on which nothing moves, in either direction. Above every wait that a tool offers; open streams send a sign of life every 15 s. */
const SILENCE_MS = 300_000;
/** Longer than the minute for which common reverse proxies keep a connection, so that they close it and not we. */
const KEEP_ALIVE_MS = 65_000;
const MOST_CONNECTIONS = 512;
const SWEEP_MS = 10;
const LAST_WORDS_MS = 500;

function notListening(fault: unknown, { host, port }: Address): RenderError {
  const code = fault instanceof Error && 'code' in fault ? String(fault.code) : 'unknown';
  const at = `${host}:${port}`;
  switch (code) {
    case 'EADDRINUSE':
      return new RenderError({
        code: 'CONFLICT',
        message: `Port ${port} of ${host} is in use.`,
        field: '--port',
        remedy: 'Name another with --port, or 0 for a free one.',
      });
    case 'EACCES':
      return new RenderError({
        code: 'FORBIDDEN',
        message: `Port ${port} of ${host} may not be taken.`,
        field: '--port',
        remedy: 'Name one above 1023 with --port.',
      });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new RenderError({
        code: 'INVALID_REQUEST',
        message: `${host} is no address of this machine.`,
        field: '--host',
        remedy: 'Name one of its addresses with --host.',
      });
    default:
      return new RenderError({ code: 'INTERNAL', message: `${at} cannot be listened on (${code}).` });
  }
}

function open(server: Server, address: Address): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', (fault) => reject(notListening(fault, address)));
    server.listen(address.port, address.host, () => resolve(server.address() as AddressInfo));
  });
}

/** Listens for an endpoint. Rejects with RenderError where it cannot: CONFLICT, FORBIDDEN (field `--port`), INVALID_REQUEST (field `--host`). */
export async function listenHttp(endpoint: McpEndpoint, address: Address): Promise<HttpHost> {
  const server = createServer(
    { headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS, keepAliveTimeout: KEEP_ALIVE_MS },
    getRequestListener((request) => endpoint.fetch(request), { overrideGlobalObjects: false }),
  );
  server.timeout = SILENCE_MS;
  server.maxConnections = MOST_CONNECTIONS;
  const { address: bound, port } = await open(server, address);

  return {
    url: `http://${urlHost(bound)}:${port}/mcp`,
    async close(graceMs, release) {
      endpoint.drain();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await release();
      const limit = Promise.withResolvers<void>();
      const timer = setTimeout(limit.resolve, graceMs);
      await Promise.race([endpoint.idle(), limit.promise]);
      clearTimeout(timer);
      await endpoint.close();
      // An answer that was just given is still on its way out; a connection is idle once it has left.
      const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
      const force = setTimeout(() => server.closeAllConnections(), LAST_WORDS_MS);
      await closed;
      clearInterval(sweep);
      clearTimeout(force);
    },
  };
}
