import type { RenderClient } from '@renderq/core';
import { createStage, type Scenario, type Score } from '../simulator/scenario.ts';
import { createVirtualClock } from '../simulator/virtual-clock.ts';
import { renderItems } from './render-items.ts';
import { createSimulatedClient } from './renderq-client.ts';

/** Each process has a webhook of its own. */
const HOOKS_URL = 'https://hooks.test/';

export interface RenderqOptions {
  /** Processes that know nothing of each other, on one account; the items are dealt out in turn. Default 1. */
  readonly processes?: number;
  /** Milliseconds over which the items come, at random. Default 0: all at once. */
  readonly spreadMs?: number;
  /** Whether the vendor tells of ends by webhook, and the client hears it. Default false. */
  readonly webhooks?: boolean;
}

/** Renders every item of the scenario with built core, in virtual time. */
export async function playRenderq(scenario: Scenario, options: RenderqOptions = {}): Promise<Score> {
  const { processes = 1, spreadMs, webhooks = false } = options;
  const clock = createVirtualClock();
  const clients: RenderClient[] = [];
  const stage = createStage(scenario, clock, {
    onWebhook: ({ url, body }) => clients[Number(url.slice(HOOKS_URL.length))]?.announce(jobIdIn(body)),
  });
  const { profile, vendor } = stage;
  for (let process = 0; process < processes; process += 1) {
    clients.push(createSimulatedClient({ profile, vendor, timeline: clock, seed: scenario.seed * 1_000 + process }));
  }
  const clientOf = (item: number) => {
    const client = clients[item % processes];
    if (client === undefined) throw new Error('There is no such process.');
    return client;
  };
  const webhookOf = webhooks ? (item: number) => `${HOOKS_URL}${item % processes}` : undefined;
  await clock.run(renderItems(stage, clientOf, { spreadMs, webhookOf }));
  vendor.close();
  return stage.score();
}

/** Both vendors' webhooks name the job. */
function jobIdIn(body: string): string {
  const { job_id, data } = JSON.parse(body) as {
    readonly job_id?: string;
    readonly data?: { readonly jobId?: string };
  };
  return job_id ?? data?.jobId ?? '';
}
