import type { Profile } from '../simulator/profiles.ts';
import type { WindowKind } from '../simulator/rate-window.ts';
import { profileOf, type Scenario } from '../simulator/scenario.ts';
import { diceOf } from './seeds.ts';

/** A plan, a window and jobs as nobody would think of them. The same seed gives the same scenario. */
export function randomScenario(seed: number, fixed: Partial<Scenario> = {}): Scenario {
  const dice = diceOf(seed, 'scenario');
  const requestsPerMinute = dice.pick(dice.int(6, 20), dice.int(20, 200));
  const concurrentJobs = dice.int(1, 12);
  const isPhantomFlow = dice.chance(0.6);
  const window = dice.pick<WindowKind>('aligned', 'first');
  const profile: Profile = isPhantomFlow
    ? {
        vendor: 'phantomflow',
        plan: 'random',
        requestsPerMinute,
        concurrentJobs,
        tellsWindow: true,
        window,
        retryAfter: true,
      }
    : {
        vendor: 'rendobar',
        plan: 'random',
        requestsPerMinute,
        concurrentJobs,
        backlog: dice.int(5, 60),
        tellsWindow: false,
        window,
        retryAfter: dice.chance(0.5),
      };
  return {
    profile,
    seed,
    jobs: dice.int(4, 30),
    meanSeconds: dice.pick(dice.between(2, 15), dice.between(15, 60)),
    variation: dice.pick(0, 0.3, 0.5, 1),
    skewMs: Math.round(dice.pick(0, dice.between(-120_000, 120_000))),
    pageSize: dice.int(10, 100),
    retryAfterOnSlots: dice.chance(0.3),
    ...fixed,
  };
}

/** A scenario in a line, for the report of a failed seed. */
export function describeScenario(scenario: Scenario): string {
  const { vendor, requestsPerMinute, concurrentJobs, backlog, window } = profileOf(scenario);
  const { jobs, meanSeconds, variation, skewMs, weather = 'clean' } = scenario;
  return [
    `${vendor} ${requestsPerMinute}/${concurrentJobs}${backlog === undefined ? '' : ` + ${backlog} waiting`}`,
    `${scenario.window ?? window} window`,
    `${jobs} jobs of ${meanSeconds.toFixed(0)} s (cv ${variation})`,
    `clock ${((skewMs ?? 0) / 1000).toFixed(0)} s off`,
    typeof weather === 'string' ? weather : describeRates(weather),
  ].join(', ');
}

function describeRates(rates: object): string {
  const met = Object.entries(rates).filter(([, share]) => share > 0);
  return met.map(([fault, share]) => `${fault} ${share}`).join(' ') || 'clean';
}
