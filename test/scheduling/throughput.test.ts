import { describe, expect, it } from 'vitest';
import type { Weather } from '../simulator/faults.ts';
import { PROFILES, type Profile, type ProfileName } from '../simulator/profiles.ts';
import { playRenderq } from './play-renderq.ts';
import { describeScenario, randomScenario } from './random-scenario.ts';
import { diceOf, failuresOf, seedsOf } from './seeds.ts';

const SEEDS = seedsOf(1);
/** With one job at a time the looks are many, and what each job adds to what is known is little. */
const FEW: Readonly<Partial<Record<ProfileName, number>>> = { 'rendobar-free': 40 };

/** The share of the physical limit that polling must reach. */
const GOALS: readonly (readonly [ProfileName, number, Weather, number])[] = [
  ['phantomflow-free', 45, 'clean', 0.9],
  ['phantomflow-free', 45, 'faulty', 0.87],
  ['phantomflow-starter', 30, 'clean', 0.96],
  ['phantomflow-starter', 30, 'faulty', 0.95],
  ['phantomflow-pro', 30, 'clean', 0.96],
  ['phantomflow-pro', 30, 'faulty', 0.95],
  ['rendobar-free', 30, 'clean', 0.98],
  ['rendobar-free', 30, 'faulty', 0.97],
  ['rendobar-pro', 30, 'clean', 0.96],
  ['rendobar-pro', 30, 'faulty', 0.95],
];

describe('200 jobs keep the slots of the plan at work', () => {
  it.each(GOALS)(
    '%s, %i s jobs, %s weather: at least %f of what is possible',
    async (profile, meanSeconds, weather, goal) => {
      const jobs = FEW[profile] ?? 200;
      for (const seed of SEEDS) {
        const { efficiency } = await playRenderq({ profile, meanSeconds, weather, jobs, seed });
        expect(efficiency, `seed ${seed}`).toBeGreaterThanOrEqual(goal);
      }
    },
  );

  it('in harsh weather, with stale counts: at least 0.65 of what is possible on Starter', async () => {
    for (const seed of SEEDS) {
      const scenario = { profile: 'phantomflow-starter', meanSeconds: 30, weather: 'harsh', jobs: 200, seed } as const;
      expect((await playRenderq(scenario)).efficiency, `seed ${seed}`).toBeGreaterThanOrEqual(0.65);
    }
  });
});

describe('told of ends by webhook, a batch reaches at least 0.97 of what is possible', () => {
  it.each(['phantomflow-free', 'phantomflow-starter', 'phantomflow-pro', 'rendobar-pro'] as const)(
    '%s',
    async (profile) => {
      for (const seed of SEEDS) {
        const scenario = { profile, meanSeconds: profile === 'phantomflow-free' ? 45 : 30, jobs: 200, seed };
        const { efficiency } = await playRenderq(scenario, { webhooks: true });
        expect(efficiency, `seed ${seed}`).toBeGreaterThanOrEqual(0.97);
      }
    },
  );

  it('with little more than a submit and a look per job on the smallest plan', async () => {
    const scenario = { profile: 'phantomflow-free', meanSeconds: 45, jobs: 200, seed: 1 } as const;
    expect((await playRenderq(scenario, { webhooks: true })).requestsPerJob).toBeLessThanOrEqual(2.6);
  });
});

describe('whatever the plan', () => {
  /** A random plan of PhantomFlow, with jobs of a length that makes slots or requests what there is too little of. */
  const scarce = (share: readonly [number, number], goal: number) => async (seed: number) => {
    const dice = diceOf(seed, 'throughput');
    const [concurrentJobs, requestsPerMinute] = [dice.int(2, 10), dice.int(10, 100)];
    const drawn = randomScenario(seed);
    const profile: Profile = { ...PROFILES['phantomflow-pro'], plan: 'random', concurrentJobs, requestsPerMinute };
    const jobsPerMinute = dice.between(share[0], share[1]) * requestsPerMinute;
    const meanSeconds = Math.max(5, (60 * concurrentJobs) / jobsPerMinute);
    const scenario = { ...drawn, profile, jobs: 200, meanSeconds, skewMs: 0, pageSize: 100 };
    const { pollAwareEfficiency } = await playRenderq(scenario);
    if (pollAwareEfficiency >= goal) return undefined;
    return `${pollAwareEfficiency.toFixed(3)} of the limit (${describeScenario(scenario)})`;
  };

  it('slots that queued jobs could use are never idle for long', async () => {
    expect(await failuresOf(20, scarce([0.1, 0.4], 0.9))).toEqual([]);
  });

  it('requests that are scarce go to submits before looks', async () => {
    // A fixed window gives its requests in lumps, of which the limit knows nothing: a few plans come out far below it.
    expect(await failuresOf(30, scarce([0.8, 1.5], 0.6))).toEqual([]);
  });
});

it('asks seldom: at most 4.5 requests per job on the smallest plan', async () => {
  for (const seed of SEEDS) {
    const { requestsPerJob } = await playRenderq({ profile: 'phantomflow-free', meanSeconds: 45, jobs: 200, seed });
    expect(requestsPerJob, `seed ${seed}`).toBeLessThanOrEqual(4.5);
  }
});

it('knows of an end within 0.8 seconds on average where the plan has requests to spare', async () => {
  for (const profile of ['phantomflow-starter', 'phantomflow-pro'] as const) {
    const { meanDelayMs } = await playRenderq({ profile, meanSeconds: 30, jobs: 200, seed: 1 });
    expect(meanDelayMs, profile).toBeLessThanOrEqual(800);
  }
});
