import { expect, it } from 'vitest';
import { createStage } from '../simulator/scenario.ts';
import { createVirtualClock } from '../simulator/virtual-clock.ts';
import { describeScenario, randomScenario } from './random-scenario.ts';
import { createSimulatedClient } from './renderq-client.ts';
import { diceOf, failuresOf } from './seeds.ts';

const PATIENCE_MS = 24 * 3_600_000;
const MINUTE_MS = 60_000;

/** Half of the items are given up in the midst of things; what is left of them is looked for afterwards. */
async function giveUpHalf(seed: number): Promise<string | undefined> {
  const dice = diceOf(seed, 'aborts');
  const scenario = randomScenario(seed, { weather: dice.pick('clean', 'faulty') });
  const clock = createVirtualClock();
  const stage = createStage(scenario, clock);
  const { vendor, profile } = stage;
  const client = createSimulatedClient({ profile, vendor, timeline: clock, seed });
  const problems: string[] = [];
  const options = (signal: AbortSignal | undefined, item: number) => ({
    maxQueueMs: PATIENCE_MS,
    idempotencyKey: `abort-${seed}-${item}`,
    signal,
  });

  async function render(item: number, signal?: AbortSignal): Promise<string> {
    const job = await client.submit(stage.requestOf(item), options(signal, item));
    return (await client.wait(job.id, { timeoutMs: PATIENCE_MS, signal })).id;
  }

  const runs = stage.items.map(async (item) => {
    if (dice.chance(0.5)) {
      await render(item).catch((error: unknown) => {
        if (scenario.weather === 'clean') problems.push(`item ${item} was not aborted, and lost: ${error}`);
      });
      return;
    }
    const controller = new AbortController();
    let abortedAt = Number.POSITIVE_INFINITY;
    clock.after(dice.between(0, 5 * MINUTE_MS), () => {
      abortedAt = clock.now();
      controller.abort();
    });
    await render(item, controller.signal).catch(() => undefined);
    if (clock.now() > abortedAt) problems.push(`item ${item} ended ${clock.now() - abortedAt} ms after its abort`);
  });
  await clock.run(Promise.all(runs), PATIENCE_MS * 4);

  // Until every job has ended, and the memory of a lost one too.
  const lastEnd = Math.max(...vendor.jobs.map(({ acceptedAt, durationMs }) => acceptedAt + durationMs), clock.now());
  await clock.run(clock.sleep(lastEnd - clock.now() + 10 * MINUTE_MS));
  const before = vendor.tally.total;
  await clock.run(clock.sleep(30 * MINUTE_MS));
  if (vendor.tally.total !== before) problems.push(`${vendor.tally.total - before} requests without anybody asking`);
  if (clock.pending !== 0) problems.push(`${clock.pending} timers left`);

  // Every slot must be free again: as many jobs as slots run side by side, twice.
  const fresh = Array.from({ length: 2 * profile.concurrentJobs }, (_, index) => scenario.jobs + index);
  const startedAt = clock.now();
  const ends = await clock.run(Promise.allSettled(fresh.map((item) => render(item))), PATIENCE_MS * 4);
  const failed = ends.filter(({ status }) => status === 'rejected').length;
  if (failed > 0 && scenario.weather === 'clean') problems.push(`${failed} later items lost`);
  const together = vendor.jobs.filter(
    ({ acceptedAt, item }) => acceptedAt >= startedAt && (item ?? 0) >= scenario.jobs,
  );
  if (together.length < fresh.length - failed) problems.push('later items were not rendered');
  return problems.length === 0 ? undefined : `${problems.slice(0, 3).join('; ')} (${describeScenario(scenario)})`;
}

it('an abort ends its call at once, disturbs no other and leaves no timer, no request and no slot behind', async () => {
  expect(await failuresOf(70, giveUpHalf)).toEqual([]);
});
