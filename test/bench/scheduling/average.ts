import type { Score } from '../../simulator/scenario.ts';

/** The numbers of a contestant on a course, averaged over the seeds. Times in milliseconds. */
export interface Result {
  readonly efficiency: number;
  readonly pollAwareEfficiency: number;
  readonly makespanMs: number;
  readonly physicalMs: number;
  readonly pollAwareMs: number;
  readonly requestsPerJob: number;
  readonly refusedRate: number;
  readonly refusedSlots: number;
  readonly queueFull: number;
  readonly lost: number;
  readonly duplicates: number;
  readonly misassigned: number;
  readonly untrue: number;
  readonly meanDelayMs: number;
  readonly p95DelayMs: number;
}

const FIELDS = [
  'efficiency',
  'pollAwareEfficiency',
  'makespanMs',
  'physicalMs',
  'pollAwareMs',
  'requestsPerJob',
  'refusedRate',
  'refusedSlots',
  'queueFull',
  'lost',
  'duplicates',
  'misassigned',
  'untrue',
  'meanDelayMs',
  'p95DelayMs',
] as const satisfies readonly (keyof Result)[];

export function averageOf(scores: readonly Score[]): Result {
  const mean = (field: keyof Result) => scores.reduce((sum, score) => sum + score[field], 0) / scores.length;
  return Object.fromEntries(FIELDS.map((field) => [field, mean(field)])) as Record<keyof Result, number>;
}
