import { describe, expect, it } from 'vitest';
import { NO_FAULTS, WEATHERS } from '../simulator/faults.ts';
import { profileOf, type Scenario, type Score } from '../simulator/scenario.ts';
import { playRenderq, type RenderqOptions } from './play-renderq.ts';
import { describeScenario, randomScenario } from './random-scenario.ts';
import { failuresOf } from './seeds.ts';

/** What no fault may ever cause: a second render, another item's result, an end that was none. */
function falsehoods({ duplicates, misassigned, untrue }: Score): string[] {
  return [
    duplicates === 0 ? '' : `${duplicates} duplicates`,
    misassigned === 0 ? '' : `${misassigned} misassigned`,
    untrue === 0 ? '' : `${untrue} ended untruly`,
  ].filter((fault) => fault !== '');
}

function losses({ lost, losses: byCode }: Score): string[] {
  return lost === 0 ? [] : [`${lost} lost: ${JSON.stringify(byCode)}`];
}

async function problemsOf(
  scenario: Scenario,
  find: (score: Score) => readonly string[],
  options?: RenderqOptions,
): Promise<string | undefined> {
  const problems = find(await playRenderq(scenario, options));
  return problems.length === 0 ? undefined : `${problems.join(', ')} (${describeScenario(scenario)})`;
}

const all = (score: Score) => [...falsehoods(score), ...losses(score)];

/** The codes of an item that nobody could render: out of reach for too long, or nobody can tell what became of it. */
const HONEST = new Set(['SUBMIT_OUTCOME_UNKNOWN', 'PROVIDER_ERROR', 'NETWORK']);

/** Plays so many seeds. No falsehood ever, and no more than a share of the items told as not to be settled. */
async function expectHonesty(
  seeds: number,
  mostLost: number,
  scenarioOf: (seed: number) => Scenario,
  options?: RenderqOptions,
): Promise<void> {
  let items = 0;
  let lost = 0;
  const find = (score: Score) => {
    items += score.items;
    lost += score.lost;
    const dishonest = Object.keys(score.losses).filter((code) => !HONEST.has(code));
    return [...falsehoods(score), ...dishonest, ...(mostLost === 0 ? losses(score) : [])];
  };
  expect(await failuresOf(seeds, (seed) => problemsOf(scenarioOf(seed), find, options))).toEqual([]);
  expect(lost / items).toBeLessThanOrEqual(mostLost);
}

describe('every item ends exactly once, with its own job', () => {
  it.each([
    ['in clean weather', WEATHERS.clean, 60, 0],
    ['where counts are stale', { ...NO_FAULTS, staleCounts: 0.3 }, 40, 0],
    ['where jobs end without having run', { ...NO_FAULTS, neverRan: 0.1, failedRenders: 0.1 }, 50, 0],
    // A loss before any job was seen in a list, or with another one beside it, cannot always be settled.
    ['with 3 % broken connections and 3 % errors', WEATHERS.faulty, 120, 0.003],
    ['where connections fall silent', WEATHERS.silent, 50, 0.005],
  ])('%s', (_name, weather, seeds, mostLost) => {
    return expectHonesty(seeds, mostLost, (seed) => randomScenario(seed, { weather }));
  });

  it('where webhooks come late, twice or never', () => {
    const webhooks = { delayMs: 2_000, lost: 0.2, doubled: 0.2 };
    const scenarioOf = (seed: number) => randomScenario(seed, { weather: 'faulty', webhooks });
    return expectHonesty(60, 0.003, scenarioOf, { webhooks: true });
  });

  it('in a sliding window, in faulty weather', () => {
    return expectHonesty(50, 0.005, (seed) => randomScenario(seed, { weather: 'faulty', window: 'sliding' }));
  });
});

describe('where answers lie or come late, no item is rendered twice, and the few that cannot be settled say so', () => {
  it.each([
    ['with 10 % broken connections, 10 % errors and stale counts', WEATHERS.harsh, 100],
    ['where jobs appear after their submit broke', WEATHERS.late, 100],
    ['where errors are told although the work was done', { ...NO_FAULTS, errorsAfterWork: 0.05 }, 50],
    ['where everything happens at once', { ...WEATHERS.harsh, lateCommits: 0.05, silences: 0.02 }, 100],
  ])('%s', (_name, weather, seeds) => expectHonesty(seeds, 0.1, (seed) => randomScenario(seed, { weather })));
});

describe('no item is rendered twice or given another item’s job', () => {
  it('when other clients use the account', async () => {
    const others = { looksPerMinute: 3, jobsPerMinute: 1 };
    const check = (seed: number) => problemsOf(randomScenario(seed, { weather: 'harsh', others }), falsehoods);
    expect(await failuresOf(60, check)).toEqual([]);
  });

  it('when three processes that know nothing of each other share the account', async () => {
    const check = (seed: number) =>
      problemsOf(randomScenario(seed, { weather: 'faulty' }), falsehoods, { processes: 3 });
    expect(await failuresOf(50, check)).toEqual([]);
  });
});

it('loses nothing when three processes that know nothing of each other share a sound account', async () => {
  const check = (seed: number) => {
    const scenario = randomScenario(seed);
    // Each keeps a small backlog of its own at a vendor that queues: room for three of them, as every real plan has.
    const profile = { ...profileOf(scenario), ...(profileOf(scenario).backlog !== undefined && { backlog: 200 }) };
    return problemsOf({ ...scenario, profile }, all, { processes: 3 });
  };
  expect(await failuresOf(50, check)).toEqual([]);
});
