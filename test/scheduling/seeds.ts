import { randomStream } from '../simulator/random.ts';

/** `RENDERQ_SCHEDULING_RUNS=20` plays twenty times as many seeds; `RENDERQ_SCHEDULING_SEED=417` plays that one alone. */
const RUNS = Number(process.env.RENDERQ_SCHEDULING_RUNS ?? 1);
const ONLY = process.env.RENDERQ_SCHEDULING_SEED;
const MOST_TOLD = 12;

/** The seeds to play where `count` are played as a rule. */
export function seedsOf(count: number): readonly number[] {
  return ONLY === undefined ? Array.from({ length: Math.ceil(count * RUNS) }, (_, index) => index + 1) : [Number(ONLY)];
}

/**
 * Plays the seeds in turn until a dozen have failed.
 * @returns what is wrong, a line per failing seed; empty when all is well.
 */
export async function failuresOf(
  count: number,
  check: (seed: number) => Promise<string | undefined>,
): Promise<string[]> {
  const failures: string[] = [];
  const seeds = seedsOf(count);
  for (const seed of seeds) {
    const failure = await check(seed).catch((error: unknown) => String(error));
    if (failure !== undefined) failures.push(`seed ${seed}: ${failure}`);
    if (failures.length === MOST_TOLD) return [...failures, `and nobody knows how many of ${seeds.length} seeds more`];
  }
  return failures;
}

/** Whole numbers and choices of one seed. */
export function diceOf(seed: number, purpose: string) {
  const random = randomStream(seed, purpose);
  return {
    int: (low: number, high: number) => Math.floor(random.between(low, high + 1)),
    between: random.between,
    chance: random.chance,
    pick: <T>(...choices: readonly [T, ...T[]]): T => choices[Math.floor(random.next() * choices.length)] ?? choices[0],
  };
}
