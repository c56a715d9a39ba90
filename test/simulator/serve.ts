import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Vendor } from './vendor.ts';

export interface VendorServer {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  close(): Promise<void>;
}

/**
 * The simulated vendor behind a real HTTP server on loopback. Its timeline must be the process's own, so that latency,
 * windows and renders take their real time. Broken and silent connections are broken and silent.
 */
export async function serveVendor(vendor: Vendor): Promise<VendorServer> {
  const server = createServer((request, response) => {
    answer(vendor, request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    async close() {
      vendor.close();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function answer(vendor: Vendor, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = chunks.length === 0 ? undefined : Buffer.concat(chunks).toString('utf8');
  const outcome = await vendor.handle({ method: request.method ?? 'GET', path: request.url ?? '/', body });
  if (outcome.kind === 'silence') return;
  if (outcome.kind === 'reset') {
    request.socket.resetAndDestroy();
    return;
  }
  response.writeHead(outcome.status, outcome.headers);
  response.end(outcome.body);
}
