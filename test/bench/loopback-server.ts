// Answers every look at once, in a process of its own. Tells its port to its parent.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const JOB = JSON.stringify({
  job_id: '0f6a2c11-7a40-4a9e-9c55-2b8f3d1e7a60',
  status: 'completed',
  output_url: 'https://cdn.phantomflow.dev/output/0f6a2c11.mp4',
  duration_seconds: 4,
  credits_used: 4,
});

const server = createServer((request, response) => {
  request.resume();
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(JOB),
    'x-ratelimit-limit': '100000000',
    'x-ratelimit-remaining': '90000000',
    'x-ratelimit-reset': String(Math.ceil(Date.now() / 60_000) * 60),
  });
  response.end(JOB);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
