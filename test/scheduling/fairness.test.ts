import { expect, it } from 'vitest';
import { createStage, type Scenario } from '../simulator/scenario.ts';
import { createVirtualClock } from '../simulator/virtual-clock.ts';
import { describeScenario, randomScenario } from './random-scenario.ts';
import { createSimulatedClient } from './renderq-client.ts';
import { failuresOf } from './seeds.ts';

const PATIENCE_MS = 24 * 3_600_000;
const MINUTE_MS = 60_000;

function openStage(scenario: Scenario) {
  const clock = createVirtualClock();
  const stage = createStage(scenario, clock);
  const { vendor, profile } = stage;
  const client = createSimulatedClient({ profile, vendor, timeline: clock, seed: scenario.seed });
  const render = async (item: number, more: object = {}) => {
    const job = await client.submit(stage.requestOf(item), { maxQueueMs: PATIENCE_MS, ...more });
    return client.wait(job.id, { timeoutMs: PATIENCE_MS });
  };
  return { clock, stage, client, render };
}

it('jobs of one caller are accepted in the order in which they were submitted', async () => {
  const check = async (seed: number) => {
    const scenario = randomScenario(seed);
    const { clock, stage, render } = openStage(scenario);
    await clock.run(Promise.all(stage.items.map((item) => render(item))));
    // Submits that are on the wire together may overtake each other there: no more than there are slots.
    const reach =
      stage.profile.concurrentJobs + (stage.profile.backlog === undefined ? 0 : stage.profile.concurrentJobs);
    const worst = Math.max(...stage.vendor.jobs.map(({ item = 0 }, place) => Math.abs(item - place)));
    return worst <= reach ? undefined : `${worst} places out of order (${describeScenario(scenario)})`;
  };
  expect(await failuresOf(40, check)).toEqual([]);
});

it('a look gets its turn within two windows while a batch is rendered', async () => {
  const check = async (seed: number) => {
    const scenario = randomScenario(seed, { jobs: 60 });
    const { clock, stage, client, render } = openStage(scenario);
    const batch = Promise.all(stage.items.map((item) => render(item)));
    let longest = 0;
    const looks = (async () => {
      for (let look = 0; look < 5; look += 1) {
        await clock.sleep(40_000);
        const [first] = stage.vendor.jobs;
        if (first === undefined) continue;
        const askedAt = clock.now();
        await client.get(first.id);
        longest = Math.max(longest, clock.now() - askedAt);
      }
    })();
    await clock.run(Promise.all([batch, looks]));
    return longest <= 2 * MINUTE_MS ? undefined : `a look took ${longest} ms (${describeScenario(scenario)})`;
  };
  expect(await failuresOf(15, check)).toEqual([]);
});

it('a single job of another owner goes ahead of a long batch', async () => {
  const check = async (seed: number) => {
    const scenario: Scenario = { profile: 'phantomflow-free', jobs: 60, seed, meanSeconds: 45 };
    const { clock, stage, render } = openStage(scenario);
    const batch = Promise.all(stage.items.map((item) => render(item, { owner: 'batch' })));
    const guest = scenario.jobs;
    let waitedMs = Number.NaN;
    const single = (async () => {
      await clock.sleep(5 * MINUTE_MS);
      const askedAt = clock.now();
      await render(guest, { owner: 'agent' });
      waitedMs = (stage.vendor.jobs.find(({ item }) => item === guest)?.acceptedAt ?? Number.NaN) - askedAt;
    })();
    await clock.run(Promise.all([batch, single]));
    return waitedMs <= 3 * MINUTE_MS ? undefined : `waited ${Math.round(waitedMs / 1000)} s`;
  };
  expect(await failuresOf(10, check)).toEqual([]);
});
