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
}

/** Reads the query of GET /jobs. Throws VALIDATION_ERROR naming the parameter. */
export function readListQuery(query: Readonly<Record<string, string>>): JobListQuery {
  const { status, type, client } = query;
  if (status !== undefined && !STATES.some((state) => state === status)) {
    throw invalid('status', `status must be one of ${STATES.join(', ')}.`);
  }
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
  };
}

function readInteger(name: string, text: string | undefined, min: number, max: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < min || value > max) {
    throw invalid(name, `${name} must be a whole number from ${min} to ${max}.`);
  }
  return value;
}
