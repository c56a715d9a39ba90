import { describe, expect, it } from 'vitest';
import { setScene, type Worker } from './processes.ts';
import type { ProviderId } from './vendor.ts';

const JOBS = 200;
const PROVIDERS: readonly ProviderId[] = ['rendobar', 'phantomflow'];

/** Mulberry32: the same kills in every run of a seed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** Hands over every job; a call that died with its process is made again, as any caller would. */
async function acceptAll(current: () => Worker, accepted: Map<string, string>): Promise<void> {
  for (let at = 0; at < JOBS; at += 1) {
    for (const provider of PROVIDERS) {
      const marker = `${provider}-${at}`;
      while (!accepted.has(marker)) {
        try {
          const { id } = await current().submit(provider, marker, { idempotencyKey: marker });
          accepted.set(marker, id);
        } catch (fault) {
          if (!String(fault).includes('has ended')) throw fault;
          await pause(20);
        }
      }
    }
  }
}

describe('a process that is killed every second or two while it works both accounts', () => {
  it('loses nothing and renders nothing twice', { timeout: 180_000 }, async () => {
    const random = seeded(Number(process.env.CHAOS_SEED ?? 7));
    await using scene = await setScene({
      limits: { requestsPerMinute: 3_000, concurrentJobs: 8 },
      renderMs: () => 150 + random() * 300,
      latencyMs: () => 10 + random() * 30,
    });
    const { vendor } = scene;
    let worker = await scene.start();
    const accepted = new Map<string, string>();
    const accepting = acceptAll(() => worker, accepted);
    const begunAt = Date.now();
    let kills = 0;
    for (;;) {
      await pause(800 + random() * 1_400);
      const open = await openJobs(worker);
      if (accepted.size === JOBS * PROVIDERS.length && open === 0) break;
      if (Date.now() - begunAt > 150_000) break;
      await worker.kill();
      kills += 1;
      worker = await scene.start();
      await worker.list({ limit: 1 }).catch(() => undefined);
    }
    await accepting;
    const results = await Promise.all(
      [...accepted].map(async ([marker, id]) => [marker, await worker.get(id)] as const),
    );
    const wrong = results.filter(
      ([marker, job]) => job.state !== 'succeeded' || job.output?.url !== `https://files.test/${marker}.mp4`,
    );
    const made = Map.groupBy(vendor.renders, ({ marker }) => marker);
    const twice = [...made].filter(([, renders]) => renders.length > 1).map(([marker]) => marker);
    expect({
      wrong: wrong.map(([marker, job]) => [marker, job.state, job.error?.message ?? job.queue?.error?.message]),
      twice,
    }).toEqual({
      wrong: [],
      twice: [],
    });
    expect(made.size).toBe(JOBS * PROVIDERS.length);
    expect(kills).toBeGreaterThan(5);
  });
});

async function openJobs(worker: Worker): Promise<number> {
  const pages = await Promise.all(
    (['queued', 'submitting', 'running'] as const).map((state) => worker.list({ state, limit: 200 })),
  );
  return pages.reduce((sum, { jobs }) => sum + jobs.length, 0);
}
