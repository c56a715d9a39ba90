import type { Peer } from './peer.ts';
import { type Call, fetchJson, sleep, vendorCalls } from './vendor-calls.ts';

const WAIT_MS = 5_000;
const TRIES = 3;
const BETWEEN_TRIES_MS = 1_000;

/**
 * A workflow as its templates show it: Loop Over Items in batches of the plan's slots, an HTTP Request node to submit, a
 * Wait node, an HTTP Request node to look, and back to the Wait while a job of the batch is unfinished. Retry On Fail is
 * on; an item whose node failed goes on to the error output and is lost.
 */
export const n8nLoopPeer: Peer = {
  name: 'n8n loop, fixed wait',
  setting: 'batches of as many items as slots, Wait 5 s between looks, Retry On Fail 3 × 1 s, Continue On Fail',
  async run(stage, fetch) {
    const calls = vendorCalls(stage);
    async function node(call: Call): Promise<unknown> {
      for (let tried = 1; ; tried += 1) {
        try {
          return await fetchJson(fetch, call);
        } catch (error) {
          if (tried === TRIES) throw error;
          await sleep(BETWEEN_TRIES_MS);
        }
      }
    }
    async function orLost<T>(item: number, task: () => Promise<T>): Promise<T | undefined> {
      try {
        return await task();
      } catch (error) {
        stage.ledger.lost(item, String(error));
        return undefined;
      }
    }

    const size = stage.profile.concurrentJobs;
    for (let start = 0; start < stage.items.length; start += size) {
      const running = new Map<number, string>();
      const batch = stage.items.slice(start, start + size);
      await Promise.all(
        batch.map((item) => orLost(item, async () => running.set(item, calls.idOf(await node(calls.submit(item)))))),
      );
      while (running.size > 0) {
        await sleep(WAIT_MS);
        await Promise.all(
          [...running].map(async ([item, id]) => {
            const isEnded = await orLost(item, async () => calls.isEnded(await node(calls.look(id))));
            if (isEnded === false) return;
            running.delete(item);
            if (isEnded) stage.ledger.ended(item, id);
          }),
        );
      }
    }
  },
};
