import { setTimeout as pause } from 'node:timers/promises';
import { type RandomStream, randomStream } from '../simulator/random.ts';
import type { Json } from './caller.ts';
import { openModernSdk, openOldSdk } from './callers/sdk.ts';
import { type CountingVendor, type Plan, startCountingVendor } from './counting-vendor.ts';
import { type Host, startHost } from './host.ts';
import { structureOf } from './read-error.ts';
import { requestFor } from './rows.ts';
import { sideBySide } from './side-by-side.ts';
import { freshHome, stdioServer } from './stage.ts';
import { PROVIDERS, type Provider } from './vendor-dialects.ts';

export interface Killing {
  readonly seed: number;
  /** Servers on one data folder, each under a client of its own. */
  readonly servers: number;
  /** Of each vendor. */
  readonly jobs: number;
  /** Milliseconds between two kills: the least and the most. */
  readonly everyMs: readonly [number, number];
  readonly plan: Plan;
}

export interface Item {
  readonly provider: Provider;
  readonly name: string;
  readonly request: Json;
}

export interface Outcome {
  readonly vendor: CountingVendor;
  /** Of each item: the address of its film, or what went wrong. */
  readonly results: ReadonlyMap<Item, string>;
}

/** Jobs of one vendor that are followed at the same time. */
const SIDE_BY_SIDE = 50;

/** Follows one item as an agent would: submits it, and looks until it has ended. */
async function follow(host: Host, { provider, name, request }: Item): Promise<string> {
  // The key makes the repeat of an unanswered submit safe: without one nobody could tell it from a second order.
  let answer = await host.call('submit_render', { provider, request, label: name, idempotencyKey: name });
  for (;;) {
    const { job, error } = structureOf(answer);
    if (answer.isError || !job) return error?.code ?? answer.text;
    if (job.state === 'succeeded') return job.output?.url ?? 'no address';
    if (job.state === 'failed' || job.state === 'cancelled') return job.error?.code ?? job.state;
    answer = await host.call('get_job', { jobId: job.id, waitSeconds: 20 });
  }
}

async function followAll(hosts: readonly Host[], provider: Provider, jobs: number): Promise<ReadonlyMap<Item, string>> {
  const results = new Map<Item, string>();
  const numbers = Array.from({ length: jobs }, (_, index) => index);
  await sideBySide(SIDE_BY_SIDE, numbers, async (number) => {
    const name = `item-${number}`;
    const item = { provider, name, request: requestFor({ provider, name }) };
    const host = hosts[number % hosts.length];
    if (host) results.set(item, await follow(host, item));
  });
  return results;
}

/** Kills one server after the other until the signal aborts, each time whichever chance has it. */
async function killAtRandom(hosts: readonly Host[], random: RandomStream, { everyMs }: Killing, until: AbortSignal) {
  while (!until.aborted) {
    await pause(random.between(...everyMs), undefined, { signal: until }).catch(() => {});
    if (!until.aborted) await hosts[Math.floor(random.next() * hosts.length)]?.kill();
  }
}

/** Follows all jobs of both vendors to their ends while servers are killed; gives what became of them. */
export async function playKilling(
  killing: Killing,
  check: (outcomes: Readonly<Record<Provider, Outcome>>, kills: number) => void,
): Promise<void> {
  const { seed, servers, jobs, plan } = killing;
  const { home, remove } = freshHome();
  const start = (provider: Provider) => startCountingVendor(provider, plan, randomStream(seed, provider));
  const vendors = { rendobar: await start('rendobar'), phantomflow: await start('phantomflow') };
  const settings = { RENDOBAR_BASE_URL: vendors.rendobar.url, PHANTOMFLOW_BASE_URL: vendors.phantomflow.url };
  const server = stdioServer(home, settings);
  let lives = 0;
  const open = () => (lives++ % 2 === 0 ? openOldSdk(server) : openModernSdk(server, '2026-07-28'));
  const hosts = await Promise.all(Array.from({ length: servers }, () => startHost(open)));
  const over = new AbortController();
  const killer = killAtRandom(hosts, randomStream(seed, 'kills'), killing, over.signal);
  try {
    const [rendobar, phantomflow] = await Promise.all(PROVIDERS.map((provider) => followAll(hosts, provider, jobs)));
    over.abort();
    await killer;
    const kills = hosts.reduce((sum, host) => sum + host.kills, 0);
    const none = new Map<Item, string>();
    check(
      {
        rendobar: { vendor: vendors.rendobar, results: rendobar ?? none },
        phantomflow: { vendor: vendors.phantomflow, results: phantomflow ?? none },
      },
      kills,
    );
  } finally {
    over.abort();
    await killer.catch(() => {});
    await Promise.all(hosts.map((host) => host.close()));
    await Promise.all(Object.values(vendors).map((vendor) => vendor.close()));
    await remove();
  }
}
