import { describe, expect, it } from 'vitest';
import { WEATHERS } from '../simulator/faults.ts';
import type { Scenario } from '../simulator/scenario.ts';
import { playRenderq } from './play-renderq.ts';
import { describeScenario, randomScenario } from './random-scenario.ts';
import { diceOf, failuresOf } from './seeds.ts';

/** Items that come all at once, or one by one over some minutes. */
const arrivals = (seed: number) => ({ spreadMs: diceOf(seed, 'arrivals').pick(0, 30_000, 180_000) });

async function refusalsOf(scenario: Scenario, seed: number): Promise<string | undefined> {
  const { refusedRate, refusedSlots, queueFull } = await playRenderq(scenario, arrivals(seed));
  if (refusedRate + refusedSlots + queueFull === 0) return undefined;
  return `refused ${refusedRate} by rate, ${refusedSlots} for slots, ${queueFull} for the backlog (${describeScenario(scenario)})`;
}

describe('alone on an account with fixed windows', () => {
  it.each([
    ['clean', WEATHERS.clean, 150],
    ['faulty', WEATHERS.faulty, 120],
    // Counts that lag behind cannot be lived with: what they say is left is not there.
    ['harsh', { ...WEATHERS.harsh, staleCounts: 0 }, 80],
  ])('is never refused, in %s weather', async (_name, weather, seeds) => {
    expect(await failuresOf(seeds, (seed) => refusalsOf(randomScenario(seed, { weather }), seed))).toEqual([]);
  });

  it('is never refused by the rate limit when a job appears after its submit broke', async () => {
    const check = async (seed: number) => {
      const scenario = randomScenario(seed, { weather: 'late' });
      const { refusedRate } = await playRenderq(scenario, arrivals(seed));
      return refusedRate === 0 ? undefined : `refused ${refusedRate} by rate (${describeScenario(scenario)})`;
    };
    expect(await failuresOf(80, check)).toEqual([]);
  });
});

it('is refused at most 5 times in 1,000 requests by a sliding window', async () => {
  let refused = 0;
  let requests = 0;
  await failuresOf(100, async (seed) => {
    const { tally } = await playRenderq(randomScenario(seed, { window: 'sliding' }), arrivals(seed));
    refused += tally.refusedRate;
    requests += tally.total;
    return undefined;
  });
  expect((refused / requests) * 1_000).toBeLessThanOrEqual(5);
});

it('gets back inside the limits when other clients use the account too', async () => {
  const check = async (seed: number) => {
    const scenario = randomScenario(seed, { others: { looksPerMinute: 3, jobsPerMinute: 0.5 } });
    const { refusedRate, refusedSlots, tally } = await playRenderq(scenario, arrivals(seed));
    // Nobody can know of the others before a refusal tells; hammering the wall is another thing.
    const share = (refusedRate + refusedSlots) / tally.total;
    return share <= 0.34 ? undefined : `${(100 * share).toFixed(0)} % refused (${describeScenario(scenario)})`;
  };
  expect(await failuresOf(40, check)).toEqual([]);
});
