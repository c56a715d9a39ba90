import PQueue from 'p-queue';
import pRetry, { AbortError } from 'p-retry';
import type { Peer } from './peer.ts';
import { type Caller, fetchJson, renderItem, StatusError, sleep } from './vendor-calls.ts';

const POLL_MS = 5_000;
const RETRIES = 10;

/** The usual stack: as many items at a time as there are slots, every call repeated with backoff. */
export const pRetryPeer: Peer = {
  name: 'fetch + p-retry + p-queue',
  setting: 'concurrency = slots, 10 retries with jitter, Retry-After honoured, a look every 5 s',
  async run(stage, fetch) {
    const queue = new PQueue({ concurrency: stage.profile.concurrentJobs });
    const call: Caller = (one) =>
      pRetry(
        async () => {
          try {
            return await fetchJson(fetch, one);
          } catch (error) {
            const isFinal = error instanceof StatusError && error.status < 500 && error.status !== 429;
            throw isFinal ? new AbortError(error) : error;
          }
        },
        {
          retries: RETRIES,
          randomize: true,
          maxTimeout: 30_000,
          onFailedAttempt: async ({ error }) => {
            if (error instanceof StatusError && error.retryAfterMs !== undefined) await sleep(error.retryAfterMs);
          },
        },
      );
    await Promise.all(stage.items.map((item) => queue.add(() => renderItem(stage, item, { call, pollMs: POLL_MS }))));
  },
};
