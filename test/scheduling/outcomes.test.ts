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

describe('every item ends exactly once, with its own job', () => {
  it.each([
    ['in clean weather', WEATHERS.clean, 60],
    ['with 3 % broken connections and 3 % errors', WEATHERS.faulty, 120],
    ['where connections fall silent', WEATHERS.silent, 50],
    ['where counts are stale', { ...NO_FAULTS, staleCounts: 0.3 }, 40],
    ['where jobs end without having run', { ...NO_FAULTS, neverRan: 0.1, failedRenders: 0.1 }, 50],
  ])('%s', async (_name, weather, seeds) => {
    const check = (seed: number) => problemsOf(randomScenario(seed, { weather }), all);
    expect(await failuresOf(seeds, check)).toEqual([]);
  });

  it('where webhooks come late, twice or never', async () => {
    const webhooks = { delayMs: 2_000, lost: 0.2, doubled: 0.2 };
    const check = (seed: number) =>
      problemsOf(randomScenario(seed, { weather: 'faulty', webhooks }), all, { webhooks: true });
    expect(await failuresOf(60, check)).toEqual([]);
  });

  it('in a sliding window, in faulty weather', async () => {
    const check = (seed: number) => problemsOf(randomScenario(seed, { weather: 'faulty', window: 'sliding' }), all);
    expect(await failuresOf(50, check)).toEqual([]);
  });
});

/** The codes of an item that nobody could render: out of reach for too long, or nobody can tell what became of it. */
const HONEST = new Set(['SUBMIT_OUTCOME_UNKNOWN', 'PROVIDER_ERROR', 'NETWORK']);

describe('where answers lie or come late, no item is rendered twice, and the few that cannot be settled say so', () => {
  it.each([
    ['with 10 % broken connections, 10 % errors and stale counts', WEATHERS.harsh, 100],
    ['where jobs appear after their submit broke', WEATHERS.late, 100],
    ['where errors are told although the work was done', { ...NO_FAULTS, errorsAfterWork: 0.05 }, 50],
    ['where everything happens at once', { ...WEATHERS.harsh, lateCommits: 0.05, silences: 0.02 }, 100],
  ])('%s', async (_name, weather, seeds) => {
    let items = 0;
    let lost = 0;
    const check = (seed: number) =>
      problemsOf(randomScenario(seed, { weather }), (score) => {
        items += score.items;
        lost += score.lost;
        const dishonest = Object.keys(score.losses).filter((code) => !HONEST.has(code));
        return [...falsehoods(score), ...dishonest];
      });
    expect(await failuresOf(seeds, check)).toEqual([]);
    expect(lost / items).toBeLessThan(0.1);
  });
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
