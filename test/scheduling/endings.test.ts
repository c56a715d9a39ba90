import { expect, it } from 'vitest';
import { createStage } from '../simulator/scenario.ts';
import { createVirtualClock } from '../simulator/virtual-clock.ts';
import { core } from '../torture/built-core.ts';
import { describeScenario, randomScenario } from './random-scenario.ts';
import { createSimulatedClient } from './renderq-client.ts';
import { diceOf, failuresOf } from './seeds.ts';

const MINUTE_MS = 60_000;
/** A submit that is on the wire when its time in the queue is over may still meet silence, several times. */
const WIRE_MS = 5 * MINUTE_MS;
const WAIT_SLACK_MS = 10;

const STORM = { errors: 0.15, resets: 0.15, lateCommits: 0.05, silences: 0.05, failedRenders: 0.05, staleCounts: 0.1 };

/** Every call has a time of its own, and the vendor does its worst. */
async function callInAStorm(seed: number): Promise<string | undefined> {
  const dice = diceOf(seed, 'endings');
  const others = dice.chance(0.3) ? { looksPerMinute: 5, jobsPerMinute: 2 } : undefined;
  const scenario = randomScenario(seed, { weather: STORM, ...(others !== undefined && { others }) });
  const clock = createVirtualClock();
  const stage = createStage(scenario, clock);
  const { vendor, profile } = stage;
  const client = createSimulatedClient({ profile, vendor, timeline: clock, seed });
  const problems: string[] = [];

  async function within<T>(name: string, boundMs: number, call: Promise<T>): Promise<T | undefined> {
    const startedAt = clock.now();
    const value = await call.catch((error: unknown) => {
      if (!core.RenderError.isInstance(error)) problems.push(`${name} rejected with ${error}`);
      else if (error.code === 'INTERNAL' || error.code === 'CANCELLED') problems.push(`${name} ended as ${error.code}`);
      return undefined;
    });
    const tookMs = clock.now() - startedAt;
    if (tookMs > boundMs) problems.push(`${name} took ${tookMs} ms of ${boundMs}`);
    return value;
  }

  const calls = stage.items.map(async (item) => {
    await clock.sleep(dice.between(0, 5 * MINUTE_MS));
    const maxQueueMs = dice.pick(0, dice.between(0, 20 * MINUTE_MS));
    const timeoutMs = dice.pick(0, dice.between(0, 10 * MINUTE_MS));
    const job = await within('submit', maxQueueMs + WIRE_MS, client.submit(stage.requestOf(item), { maxQueueMs }));
    if (job !== undefined) await within('wait', timeoutMs + WAIT_SLACK_MS, client.wait(job.id, { timeoutMs }));
  });
  await clock.run(Promise.all(calls));
  vendor.close();
  return problems.length === 0 ? undefined : `${problems.slice(0, 3).join('; ')} (${describeScenario(scenario)})`;
}

it('every submit and every wait ends in its time, typed, whatever the vendor does', async () => {
  expect(await failuresOf(100, callInAStorm)).toEqual([]);
});
