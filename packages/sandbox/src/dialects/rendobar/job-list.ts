import type { Job, JobState } from '../../service/job.ts';
import { canonicalType } from './catalogue.ts';
import { invalid } from './errors.ts';
import { wireOf } from './views.ts';

const STATES: readonly JobState[] = ['waiting', 'dispatched', 'running', 'complete', 'failed', 'cancelled'];

/** Rendobar limits page. */
const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 100;

export interface JobListQuery {
  readonly limit: number;
  readonly offset: number;
  readonly accepts: (job: Job) => boolean;
  /** As asked for; newest first by default. No tiebreaker, as the vendor has none. */
  readonly sorted: (jobs: readonly Job[]) => readonly Job[];
}

const SORT_KEYS: Readonly<Record<string, (job: Job) => number>> = {
  created: (job) => job.createdAt,
  duration: (job) => (job.completedAt ?? job.startedAt ?? 0) - (job.startedAt ?? 0),
  cost: (job) => job.cost ?? 0,
};
const ORDERS = ['asc', 'desc'];

/** Reads the query of GET /jobs. Throws VALIDATION_ERROR naming the parameter. */
export function readListQuery(query: Readonly<Record<string, string>>): JobListQuery {
  const { status, type, client } = query;
  if (status !== undefined && !STATES.some((state) => state === status)) {
    throw invalid('status', `status must be one of ${STATES.join(', ')}.`);
  }
  const { sort, order = 'desc' } = query;
  const keyOf = sort === undefined || !Object.hasOwn(SORT_KEYS, sort) ? undefined : SORT_KEYS[sort];
  if (sort !== undefined && !keyOf) throw invalid('sort', `sort must be one of ${Object.keys(SORT_KEYS).join(', ')}.`);
  if (!ORDERS.includes(order)) throw invalid('order', `order must be one of ${ORDERS.join(', ')}.`);
  const from = readInteger('from', query.from, 0, Number.MAX_SAFE_INTEGER);
  const to = readInteger('to', query.to, 0, Number.MAX_SAFE_INTEGER);
  return {
    limit: readInteger('limit', query.limit, 1, MAX_LIMIT) ?? DEFAULT_LIMIT,
    offset: readInteger('offset', query.offset, 0, Number.MAX_SAFE_INTEGER) ?? 0,
    accepts: (job) =>
      (status === undefined || job.state === status) &&
      (type === undefined || job.type === canonicalType(type)) &&
      (client === undefined || wireOf(job).source === client) &&
      (from === undefined || job.createdAt >= from) &&
      (to === undefined || job.createdAt <= to),
    sorted(jobs) {
      // The store's own order is newest first already, and tells apart what was made in one millisecond.
      const down = keyOf ? jobs.toSorted((left, right) => keyOf(right) - keyOf(left)) : jobs;
      return order === 'asc' ? down.toReversed() : down;
    },
  };
}

/** A whole number of a query; undefined where it is not given. Throws VALIDATION_ERROR naming the parameter. */
export function readInteger(name: string, text: string | undefined, min: number, max: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < min || value > max) {
    throw invalid(name, `${name} must be a whole number from ${min} to ${max}.`);
  }
  return value;
}
