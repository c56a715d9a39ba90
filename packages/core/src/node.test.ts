import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createNodeClient, RenderError } from './node.ts';

const COMMAND = { type: 'ffmpeg', params: { command: 'ffmpeg -i in.mp4 out.mp4' } };
let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

describe('the node door', () => {
  it('takes a job through real sockets, and shares the account between its clients', async () => {
    const log: string[] = [];
    server = createServer((request, response) => {
      request.resume();
      log.push(`${request.method} ${request.url}`);
      response.setHeader('content-type', 'application/json');
      if (log.length === 1) {
        response
          .writeHead(429, { 'retry-after': '0.3' })
          .end('{"error":{"code":"RATE_LIMITED","message":"slow down"}}');
      } else if (request.method === 'POST') {
        response.writeHead(201).end('{"data":{"id":"job_1","status":"waiting"}}');
      } else {
        response.end(
          '{"data":{"id":"job_1","status":"complete","output":{"file":{"url":"https://cdn.example/o.mp4"}}}}',
        );
      }
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/rendobar`;
    const open = () => createNodeClient({ provider: 'rendobar', apiKey: 'rb_0123456789', baseUrl });

    const error = await open()
      .submit(COMMAND, { maxQueueMs: 0, checkAgainst: 'none' })
      .catch((reason: unknown) => reason);
    expect(RenderError.isInstance(error) && error.record).toMatchObject({ code: 'RATE_LIMITED', attempts: 1 });
    // Another client of the account knows of the refusal without asking.
    const told = await open()
      .get('job_1', { maxQueueMs: 0 })
      .catch((reason: unknown) => reason);
    expect(RenderError.isInstance(told) && told.record).toMatchObject({
      code: 'RATE_LIMITED',
      providerCode: 'RATE_LIMITED',
    });
    expect(log).toHaveLength(1);

    const job = await open().submit(COMMAND, { checkAgainst: 'none' });
    const done = await open().wait(job.id, { timeoutMs: 10_000 });
    expect(done).toMatchObject({ state: 'succeeded', output: { url: 'https://cdn.example/o.mp4' } });
    expect(log).toEqual(['POST /rendobar/jobs', 'POST /rendobar/jobs', 'GET /rendobar/jobs/job_1']);
  });
});
