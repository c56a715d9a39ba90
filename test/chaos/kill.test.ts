import { describe, expect, it } from 'vitest';
import { moment, type Scene, setScene, until } from './processes.ts';
import type { Gates, ProviderId } from './vendor.ts';

const PROVIDERS: readonly ProviderId[] = ['rendobar', 'phantomflow'];
const never = (): Promise<void> => new Promise(() => undefined);

/** Kills a process that has a job running while its next submit, `lost`, stands at a gate of the vendor. Gives its id. */
async function killAt({ vendor, start }: Scene, provider: ProviderId, gate: keyof Gates): Promise<string> {
  const first = await start();
  const warm = await first.submit(provider, 'warm');
  await first.waitFor(warm.id, 1_500);
  const reached = moment();
  vendor.gates[gate] = () => {
    reached.tell();
    return never();
  };
  const { id } = await first.submit(provider, 'lost');
  await reached.come;
  await first.kill();
  vendor.gates[gate] = () => undefined;
  return id;
}

describe.concurrent.each(PROVIDERS)('a process that is killed while it works %s', (provider) => {
  it('before the submit has left: the next one sends it', async () => {
    await using scene = await setScene();
    const { vendor } = scene;
    // One render fills the plan, so that the second job waits here.
    const first = await scene.start({ limits: { requestsPerMinute: 6_000, concurrentJobs: 1 } });
    await first.submit(provider, 'one');
    const jobs = await Promise.all(['two', 'three', 'four', 'five'].map((marker) => first.submit(provider, marker)));
    await first.kill();
    const second = await scene.start();
    for (const { id } of jobs) expect((await second.waitFor(id, 20_000)).state).toBe('succeeded');
    expect(vendor.renders.map(({ marker }) => marker).sort()).toEqual(['five', 'four', 'one', 'three', 'two']);
  });

  it('after the submit has arrived and before it is answered: the job is found, not made again', async () => {
    await using scene = await setScene({ renderMs: (marker) => (marker === 'warm' ? 25_000 : 300) });
    const { vendor } = scene;
    const id = await killAt(scene, provider, 'answering');
    const second = await scene.start();
    const job = await second.waitFor(id, 20_000);
    expect(job).toMatchObject({ state: 'succeeded', output: { url: 'https://files.test/lost.mp4' } });
    expect(vendor.renders.filter(({ marker }) => marker === 'lost')).toHaveLength(1);
  });

  it('before the submit has arrived: the next one sends it again once that is certain', async () => {
    await using scene = await setScene({ renderMs: (marker) => (marker === 'warm' ? 25_000 : 300) });
    const { vendor } = scene;
    const id = await killAt(scene, provider, 'arriving');
    const second = await scene.start();
    const job = await second.waitFor(id, 40_000);
    expect(job).toMatchObject({ state: 'succeeded', output: { url: 'https://files.test/lost.mp4' } });
    expect(vendor.renders.filter(({ marker }) => marker === 'lost')).toHaveLength(1);
  });

  it('after the submit was answered: the job is watched to its end', async () => {
    await using scene = await setScene({ renderMs: () => 2_500 });
    const first = await scene.start();
    const { id } = await first.submit(provider, 'one');
    expect(await until(async () => (await first.get(id)).state, 'running')).toBe('running');
    await first.kill();
    const second = await scene.start();
    expect((await second.waitFor(id, 20_000)).state).toBe('succeeded');
    expect(scene.vendor.renders).toHaveLength(1);
  });

  it('and again while the next one recovers: the third finishes the work', async () => {
    await using scene = await setScene({ renderMs: (marker) => (marker === 'warm' ? 25_000 : 300) });
    const { vendor } = scene;
    const id = await killAt(scene, provider, 'answering');
    for (const ms of [5, 60, 250]) {
      const next = await scene.start();
      await next.list({ limit: 1 });
      await new Promise((done) => setTimeout(done, ms));
      await next.kill();
    }
    const last = await scene.start();
    const job = await last.waitFor(id, 20_000);
    expect(job).toMatchObject({ state: 'succeeded', output: { url: 'https://files.test/lost.mp4' } });
    expect(vendor.renders).toHaveLength(2);
  });
});
