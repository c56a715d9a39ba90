import ky from 'ky';
import PQueue from 'p-queue';
import type { Peer } from './peer.ts';
import { type Caller, renderItem } from './vendor-calls.ts';

const POLL_MS = 5_000;

/** ky reads Retry-After and the RateLimit headers by itself; POST is added to what it repeats. */
export const kyPeer: Peer = {
  name: 'ky + p-queue',
  setting: 'concurrency = slots, 5 retries with jitter, POST and 429 repeated, Retry-After honoured, a look every 5 s',
  async run(stage, fetch) {
    const client = ky.create({
      fetch,
      timeout: 30_000,
      retry: {
        limit: 5,
        methods: ['get', 'post'],
        statusCodes: [408, 429, 500, 502, 503, 504],
        afterStatusCodes: [429, 503],
        jitter: true,
        retryOnTimeout: true,
      },
    });
    const call: Caller = ({ url, method, headers, body }) =>
      client(url, { method, headers: { ...headers }, ...(body !== undefined && { json: body }) }).json();
    const queue = new PQueue({ concurrency: stage.profile.concurrentJobs });
    await Promise.all(stage.items.map((item) => queue.add(() => renderItem(stage, item, { call, pollMs: POLL_MS }))));
  },
};
