import axios from 'axios';
import axiosRetry from 'axios-retry';
import PQueue from 'p-queue';
import type { Peer } from './peer.ts';
import { BASE_URL } from './simulated-fetch.ts';
import { type Caller, renderItem } from './vendor-calls.ts';

const POLL_MS = 5_000;

/** Its own delay function honours Retry-After; refusals are added to what it repeats, as its users do. */
export const axiosRetryPeer: Peer = {
  name: 'axios-retry + p-queue',
  setting:
    'concurrency = slots, 5 retries with exponentialDelay from 1 s, 429 repeated, time-out per attempt, a look every 5 s',
  async run(stage, fetch) {
    const client = axios.create({ baseURL: BASE_URL, timeout: 30_000, adapter: 'fetch', env: { fetch } });
    axiosRetry(client, {
      retries: 5,
      shouldResetTimeout: true,
      retryDelay: (count, error) => axiosRetry.exponentialDelay(count, error, 1_000),
      retryCondition: (error) => axiosRetry.isNetworkOrIdempotentRequestError(error) || error.response?.status === 429,
    });
    const call: Caller = async ({ url, method, headers, body }) => {
      const answer = await client.request<unknown>({ url, method, headers: { ...headers }, data: body });
      return answer.data;
    };
    const queue = new PQueue({ concurrency: stage.profile.concurrentJobs });
    await Promise.all(stage.items.map((item) => queue.add(() => renderItem(stage, item, { call, pollMs: POLL_MS }))));
  },
};
