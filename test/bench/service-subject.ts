// One server in a process of its own: `sandbox`, or `bare`, the least that node:http can do for the same bytes.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startSandbox } from '@renderq/sandbox';

/** What the parent hears once the server answers. */
export interface Started {
  readonly url: string;
  /** The engine that renders; absent on the bare server. */
  readonly engine?: string;
}

/** Bytes, after a full garbage collection of the heap. */
export interface MemoryReading {
  readonly rss: number;
  readonly heapUsed: number;
}

/** The bare server answers with as many bytes as the parent asks for by `?bytes=`. */
async function startBare(): Promise<Started> {
  process.once('disconnect', () => process.exit(0));
  const server = createServer((request, response) => {
    const bytes = Number(new URL(request.url ?? '/', 'http://localhost').searchParams.get('bytes'));
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ text: 'x'.repeat(Math.max(0, bytes - 11)) }));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function startService(): Promise<Started> {
  // The limits are what the vendors sell; this measures the service.
  const limits = { requestsPerMinute: 1e9 };
  const sandbox = await startSandbox({ limits: { rendobar: limits, phantomflow: limits } });
  // Ended without this it would leave its folder of films behind.
  process.once('disconnect', () => void sandbox.close().finally(() => process.exit(0)));
  const { kind, version } = await sandbox.engine;
  return { url: sandbox.url, engine: `FFmpeg ${version}, ${kind}` };
}

process.on('message', () => {
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  process.send?.({ rss, heapUsed } satisfies MemoryReading);
});
process.send?.(process.argv[2] === 'bare' ? await startBare() : await startService());
