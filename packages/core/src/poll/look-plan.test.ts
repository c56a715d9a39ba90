import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDurations } from './durations.ts';
import { type LookPlanInput, type LookSubject, nextLookAt } from './look-plan.ts';

const NOW = 1_767_225_600_000;
const WINDOW_MS = 60_000;

/** Durations of a kind whose jobs all took about as long. */
function known(ms: number, ends = 20, spread = 0) {
  const durations = createDurations();
  for (let n = 0; n < ends; n += 1) {
    const age = ms * Math.exp(spread * (n % 2 === 0 ? 1 : -1));
    durations.ended('movie', age, age);
  }
  return durations;
}

const subject = (ageMs: number, seenMsAgo = 0, announced = 0): LookSubject => ({
  kind: 'movie',
  bornAt: NOW - ageMs,
  seenAt: NOW - seenMsAgo,
  announced,
});

/** Milliseconds from now to the next look. */
function wait(more: Partial<LookPlanInput>): number {
  const input: LookPlanInput = {
    now: NOW,
    lastLookAt: NOW,
    subjects: [subject(10_000)],
    durations: known(30_000),
    budget: { requests: 30, until: NOW + WINDOW_MS },
    waitingSubmits: 5,
    ...more,
  };
  return nextLookAt(input) - input.now;
}

const ages = fc.integer({ min: 0, max: 600_000 });
const anyInput = fc.record({
  meanMs: fc.integer({ min: 500, max: 600_000 }),
  ends: fc.integer({ min: 3, max: 40 }),
  spread: fc.double({ min: 0, max: 1.5, noNaN: true }),
  jobs: fc.array(fc.record({ age: ages, seen: ages, announced: fc.double({ min: 0, max: 0.999, noNaN: true }) }), {
    minLength: 1,
    maxLength: 12,
  }),
  requests: fc.integer({ min: 0, max: 300 }),
  left: fc.integer({ min: 0, max: WINDOW_MS }),
  waitingSubmits: fc.integer({ min: 0, max: 500 }),
  lookedMsAgo: fc.integer({ min: 0, max: 60_000 }),
});

function planOf({ meanMs, ends, spread, jobs, requests, left, waitingSubmits, lookedMsAgo }: InputOf<typeof anyInput>) {
  return {
    now: NOW,
    lastLookAt: NOW - lookedMsAgo,
    subjects: jobs.map(({ age, seen, announced }) => subject(age, Math.min(age, seen), announced)),
    durations: known(meanMs, ends, spread),
    budget: { requests, until: NOW + left },
    waitingSubmits,
  } satisfies LookPlanInput;
}

type InputOf<T> = T extends fc.Arbitrary<infer Value> ? Value : never;

describe('the next look', () => {
  it('is never where there is nothing to look at', () => {
    expect(wait({ subjects: [] })).toBe(Number.POSITIVE_INFINITY);
  });

  it('is never in the past, sooner than half a second after the last one, or more than a minute after it', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const plan = planOf(input);
        const at = nextLookAt(plan);
        expect(at).toBeGreaterThanOrEqual(NOW);
        expect(at).toBeGreaterThanOrEqual(plan.lastLookAt + 500);
        expect(at).toBeLessThanOrEqual(Math.max(NOW, plan.lastLookAt + 60_000));
      }),
      { numRuns: 300 },
    );
  });

  it('is no later for a larger budget', () => {
    fc.assert(
      fc.property(anyInput, fc.integer({ min: 1, max: 300 }), (input, more) => {
        const plan = planOf(input);
        const richer = { ...plan, budget: { ...plan.budget, requests: plan.budget.requests + more } };
        // The area under the chances is summed in steps: a hair's breadth is no difference.
        expect(nextLookAt(richer)).toBeLessThanOrEqual(nextLookAt(plan) + 0.02 * WINDOW_MS);
      }),
      { numRuns: 300 },
    );
  });

  it('is spread evenly over the requests left while nothing is known of the jobs', () => {
    const spread = (requests: number) =>
      wait({ durations: createDurations(), budget: { requests, until: NOW + WINDOW_MS }, waitingSubmits: 0 });
    expect(spread(10)).toBeCloseTo(6_000, -2);
    expect(spread(30)).toBeCloseTo(2_000, -2);
    expect(spread(1_000)).toBe(700);
  });

  it('leaves requests for the submits that ends will cause', () => {
    const unknown = { durations: createDurations(), subjects: [subject(0), subject(0), subject(0)] };
    expect(wait({ ...unknown, waitingSubmits: 100 })).toBeGreaterThan(wait({ ...unknown, waitingSubmits: 1 }) * 1.05);
  });

  it('comes late for a young job and about the end of one whose kind repeats', () => {
    const durations = known(45_000, 40);
    const poor = { durations, budget: { requests: 8, until: NOW + WINDOW_MS } };
    const young = wait({ ...poor, subjects: [subject(0)] });
    expect(young).toBeGreaterThan(35_000);
    expect(young).toBeLessThan(50_000);
    const due = wait({ ...poor, subjects: [subject(44_000)] });
    expect(due).toBeLessThan(4_000);
    // The same budget with durations that do not repeat is spent much sooner.
    expect(wait({ ...poor, durations: known(45_000, 40, 1), subjects: [subject(0)] })).toBeLessThan(young / 2);
  });

  it('gathers: most looks at a job fall about the time at which such jobs end', () => {
    const durations = known(45_000, 40, 0.1);
    const looks: number[] = [];
    const born = NOW;
    for (let now = NOW; now < born + 55_000; ) {
      const at = nextLookAt({
        now,
        lastLookAt: now,
        subjects: [{ kind: 'movie', bornAt: born, seenAt: now, announced: 0 }],
        durations,
        budget: { requests: 10, until: now + WINDOW_MS },
        waitingSubmits: 1,
      });
      looks.push(at - born);
      now = at;
    }
    const about = looks.filter((age) => age > 35_000 && age < 55_000);
    expect(looks.length).toBeGreaterThan(3);
    expect(about.length).toBeGreaterThan(looks.length * 0.6);
  });

  it('becomes rare by itself where webhooks tell nearly all ends', () => {
    const looked = (announced: number) =>
      wait({ subjects: [subject(25_000, 0, announced)], durations: known(30_000, 20, 1) });
    expect(looked(0.99)).toBeGreaterThan(2 * looked(0));
    expect(looked(0.5)).toBeGreaterThanOrEqual(looked(0));
  });

  it('serves freshness alone where no submit waits: a share of the age of the job', () => {
    const fresh = (ageMs: number) =>
      wait({
        subjects: [subject(ageMs)],
        durations: createDurations(),
        waitingSubmits: 0,
        budget: { requests: 10_000, until: NOW + WINDOW_MS },
      });
    expect([fresh(0), fresh(20_000), fresh(600_000)]).toEqual([500, 1_400, 5_000]);
  });
});
