import type { Peer } from './peer.ts';
import { type Call, fetchJson, StatusError, sleep, vendorCalls } from './vendor-calls.ts';

const POLL_MS = 5_000;
const LONGEST_WAIT_MS = 300_000;
const ATTEMPTS = 3;
const BASE_MS = 500;
const CAP_MS = 30_000;

/**
 * A client that behaves as Rendobar documents its own n8n node: Wait for Completion with its defaults, three attempts,
 * backoff with as much jitter again, a cap of 30 s also on Retry-After, QUEUE_FULL not repeated. A node takes its items in
 * turn, so as many executions as the plan has slots run side by side.
 */
export const rendobarNodePeer: Peer = {
  name: 'Rendobar node, as documented',
  setting: 'as many executions as slots, Wait for Completion, a look every 5 s, 3 attempts, waits at most 300 s',
  isFor: ({ vendor }) => vendor === 'rendobar',
  async run(stage, fetch) {
    const calls = vendorCalls(stage);
    async function request(call: Call): Promise<unknown> {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await fetchJson(fetch, call);
        } catch (error) {
          const isFinal = error instanceof StatusError && error.status < 500 && error.status !== 429;
          if (isFinal || attempt === ATTEMPTS) throw error;
          const backoff = BASE_MS * 2 ** (attempt - 1) * (1 + Math.random());
          const asked = error instanceof StatusError ? error.retryAfterMs : undefined;
          await sleep(Math.min(CAP_MS, asked ?? backoff));
        }
      }
    }

    const left = [...stage.items];
    async function execution(): Promise<void> {
      for (let item = left.shift(); item !== undefined; item = left.shift()) {
        try {
          const id = calls.idOf(await request(calls.submit(item)));
          const until = Date.now() + LONGEST_WAIT_MS;
          let isEnded = false;
          while (!isEnded) {
            if (Date.now() >= until) throw new Error('Max Wait');
            await sleep(POLL_MS);
            isEnded = calls.isEnded(await request(calls.look(id)));
          }
          stage.ledger.ended(item, id);
        } catch (error) {
          stage.ledger.lost(item, String(error));
        }
      }
    }
    await Promise.all(Array.from({ length: stage.profile.concurrentJobs }, execution));
  },
};
