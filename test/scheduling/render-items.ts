import type { RenderClient } from '@renderq/core';
import { randomStream } from '../simulator/random.ts';
import type { Stage } from '../simulator/scenario.ts';
import { pause } from '../simulator/timeline.ts';
import { core } from '../torture/built-core.ts';

/** A batch gives nothing up for want of time, unless it takes far longer than it must. */
const PATIENCE = { atLeastMs: 1_800_000, times: 4 };

export interface ItemOptions {
  /** Milliseconds over which the items come, at random. Default 0: all at once. */
  readonly spreadMs?: number | undefined;
  /** Where the vendor shall tell of an item's end. */
  readonly webhookOf?: ((item: number) => string) | undefined;
}

/** Renders every item of a stage as a program would: a submit and a wait each. Every item ends in the ledger. */
export async function renderItems(
  stage: Stage,
  clientOf: (item: number) => RenderClient,
  { spreadMs = 0, webhookOf }: ItemOptions = {},
): Promise<void> {
  const { scenario, timeline, ledger, items } = stage;
  const patienceMs = PATIENCE.atLeastMs + PATIENCE.times * stage.score().physicalMs;
  const arrivals = randomStream(scenario.seed, 'arrivals');
  await Promise.all(
    items.map(async (item) => {
      if (spreadMs > 0) await pause(timeline, arrivals.next() * spreadMs);
      const client = clientOf(item);
      try {
        const options = { maxQueueMs: patienceMs, idempotencyKey: `run-${scenario.seed}-item-${item}` };
        const job = await client.submit(stage.requestOf(item, webhookOf?.(item)), options);
        const ended = await client.wait(job.id, { timeoutMs: patienceMs });
        ledger.ended(item, ended.id);
      } catch (error) {
        ledger.lost(item, core.RenderError.isInstance(error) ? error.code : String(error));
      }
    }),
  );
}
