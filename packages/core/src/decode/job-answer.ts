import type { JobPage, JobSnapshot } from '../contract/job.ts';
import type { ErrorDialect } from '../contract/provider.ts';
import type { HttpResponse } from '../ports/http-transport.ts';
import { definedFields } from './defined-fields.ts';
import { badAnswer, readErrorAnswer } from './error-answer.ts';
import { isJobId } from './job-id.ts';
import { asObject, type JsonObject, listEntries, parseJson, unwrap } from './json-body.ts';
import { readNumber } from './scalars.ts';

/** What a provider says of its jobs; the rest of reading an answer is the same for every provider. */
export interface JobReader {
  readonly dialect: ErrorDialect;
  /** The ids that a job carries, the provider's own name for it first. */
  readonly idsOf: (job: JsonObject) => readonly string[];
  readonly toSnapshot: (job: JsonObject, id: string) => JobSnapshot;
}

/** The usable ids among the fields that may hold one. */
export function answeredIds(candidates: readonly (string | undefined)[]): readonly string[] {
  return candidates.filter((id) => id !== undefined && isJobId(id)) as string[];
}

/**
 * Reads a 2xx answer to submit.
 * @throws {RenderError} BAD_RESPONSE without a job id, or the typed error when the answer carries one instead of a job.
 */
export function readSubmitAnswer(reader: JobReader, response: HttpResponse): JobSnapshot {
  const { job, ids } = readObject(reader, response);
  const [id] = ids;
  if (id === undefined) throw missingJob(reader, response, job, 'no job id');
  return reader.toSnapshot(job, id);
}

/**
 * Reads a 2xx answer to a look at `jobId`. An answer about another job (a stale cache, a proxy's mix-up) is refused: its
 * result must never be handed to this one.
 * @throws {RenderError} as {@link readSubmitAnswer} does, when there is neither an id nor a state.
 */
export function readJobAnswer(reader: JobReader, response: HttpResponse, jobId: string): JobSnapshot {
  const { job, ids } = readObject(reader, response);
  if (ids.length === 0 && typeof (job.status ?? job.state) !== 'string') {
    throw missingJob(reader, response, job, 'no job');
  }
  const asked = jobId.toLowerCase();
  if (ids.length > 0 && !ids.some((id) => id.toLowerCase() === asked)) {
    throw badAnswer(reader.dialect, response, 'another job than the one asked for');
  }
  return reader.toSnapshot(job, jobId);
}

/** Reads a 2xx answer to a list; entries that are no jobs are left out. */
export function readListAnswer(reader: JobReader, response: HttpResponse): JobPage {
  const body = parseJson(response.body);
  const entries = listEntries(body);
  if (entries === undefined) throw missingJob(reader, response, asObject(body) ?? {}, 'no list of jobs');
  const jobs = entries.flatMap((entry) => {
    const job = unwrap(entry, ['job']);
    const id = job === undefined ? undefined : reader.idsOf(job)[0];
    return job === undefined || id === undefined ? [] : [reader.toSnapshot(job, id)];
  });
  const meta = asObject(asObject(body)?.meta);
  return { jobs, ...definedFields({ total: readNumber(meta?.total ?? asObject(body)?.total) }) };
}

/** The job of a body, bare or in a wrapper; undefined where the body is no object. */
export function jobIn(body: unknown, idsOf: JobReader['idsOf']): JsonObject | undefined {
  const outer = asObject(body);
  // A job that stands bare may have a field named like a wrapper.
  return outer !== undefined && idsOf(outer).length > 0 ? outer : unwrap(outer, ['job']);
}

function readObject(reader: JobReader, response: HttpResponse): { job: JsonObject; ids: readonly string[] } {
  const job = jobIn(parseJson(response.body), reader.idsOf);
  if (job === undefined) throw badAnswer(reader.dialect, response, 'no JSON object');
  return { job, ids: reader.idsOf(job) };
}

function missingJob(reader: JobReader, response: HttpResponse, job: JsonObject, missing: string) {
  const holdsError = asObject(job.error) !== undefined || typeof job.error === 'string';
  return holdsError ? readErrorAnswer(reader.dialect, response) : badAnswer(reader.dialect, response, missing);
}
