import type { CallOptions } from '../../contract/client.ts';
import { type DefinedFields, definedFields } from '../../decode/defined-fields.ts';
import { asObject, listEntries, parseJson } from '../../decode/json-body.ts';
import { readNumber } from '../../decode/scalars.ts';
import { RenderError } from '../../errors/render-error.ts';
import type { HttpResponse } from '../../ports/http-transport.ts';
import { readList } from '../../providers/rendobar/from-wire.ts';
import type { RendobarJob } from '../../providers/rendobar/job.ts';
import type { Account } from '../../queue/account.ts';
import type { ApiCaller } from '../api-caller.ts';
import type { RendobarJobTypeName } from './job-request.ts';
import { apiQuery } from './resources.ts';

/** The largest page (Rendobar limits page). */
const MAX_PAGE = 100;
/** Pages in a row without a new job after which a list is taken to be over, whatever it says of its length. */
const MAX_BARREN_PAGES = 20;

/** Which jobs to list. */
export interface RendobarJobFilter {
  readonly status?: 'waiting' | 'dispatched' | 'running' | 'complete' | 'failed' | 'cancelled' | undefined;
  readonly type?: RendobarJobTypeName | (string & {}) | undefined;
  /** The client that submitted them, for example `renderq`. */
  readonly client?: string | undefined;
  /** Created at or after this time: Unix milliseconds, or a Date. */
  readonly from?: number | Date | undefined;
  /** Created at or before this time: Unix milliseconds, or a Date. */
  readonly to?: number | Date | undefined;
}

export interface RendobarListOptions extends RendobarJobFilter, CallOptions {
  /** Jobs on the page, 1 to 100. Default 50. */
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
  /** Default `created`. */
  readonly sort?: 'created' | 'duration' | 'cost' | undefined;
  /** Default `desc`. */
  readonly order?: 'asc' | 'desc' | undefined;
}

/** One page of jobs. */
export interface RendobarJobPage {
  readonly jobs: readonly RendobarJob[];
  /** Jobs in all that fit the filter, where the API tells it. */
  readonly total?: number;
}

interface ReadPage extends RendobarJobPage {
  /** Entries on the wire, unreadable ones included. */
  readonly count: number;
}

/** @throws {RenderError} INVALID_REQUEST naming the option. */
export async function listJobs(account: Account, call: ApiCaller, options: RendobarListOptions): Promise<ReadPage> {
  const { status, type, client, sort, order } = options;
  const limit = wholeNumber('limit', options.limit, 1, MAX_PAGE);
  const offset = wholeNumber('offset', options.offset, 0, Number.MAX_SAFE_INTEGER);
  const [from, to] = [timeOf('from', options.from), timeOf('to', options.to)];
  const path = `/jobs${apiQuery({ limit, offset, status, type, client, from, to, sort, order })}`;
  const page = await call({ method: 'GET', path }, { options, read: readPage });
  return { ...page, jobs: page.jobs.map(account.observe) };
}

/**
 * Every job that fits the filter, newest first, each once. The list is walked by time of creation rather than by offset,
 * whose order has no tiebreaker: a job that is created or changes meanwhile can neither push another out of sight nor
 * show one twice. Only more jobs of one instant than a page holds (100 by default) are beyond its reach. Where the API
 * does not heed `to`, offsets are used after all, and known jobs are left out.
 */
export async function* walkJobs(
  account: Account,
  call: ApiCaller,
  { limit = MAX_PAGE, ...filter }: Omit<RendobarListOptions, 'offset' | 'sort' | 'order'>,
): AsyncGenerator<RendobarJob, void, undefined> {
  const seen = new Map<string, number>();
  let to = timeOf('to', filter.to);
  let offset = 0;
  let heedsTo = true;
  let barren = 0;
  for (;;) {
    const window = { ...filter, limit, offset, ...definedFields({ to }) };
    const { jobs, count, total } = await listJobs(account, call, { ...window, sort: 'created', order: 'desc' });
    const end = to ?? Number.POSITIVE_INFINITY;
    // What lies beyond the window has been given already, or came after this walk began.
    const fresh = jobs.filter(({ id, createdAt = 0 }) => createdAt <= end && !seen.has(id));
    for (const job of fresh) {
      seen.set(job.id, job.createdAt ?? Number.NEGATIVE_INFINITY);
      yield job;
    }
    barren = fresh.length === 0 ? barren + 1 : 0;
    // A page without news is not the last: it may hold what the window before it held. An empty one is.
    const isLast = total !== undefined && offset + count >= total;
    if (count === 0 || isLast || barren >= MAX_BARREN_PAGES) return;

    if (jobs.some(({ createdAt = 0 }) => createdAt > end)) heedsTo = false;
    // One beyond the oldest, so that it does not matter whether `to` itself is included.
    const next = Math.min(...jobs.map(({ createdAt }) => createdAt ?? Number.POSITIVE_INFINITY)) + 1;
    if (heedsTo && next < end) {
      to = next;
      offset = 0;
      for (const [id, createdAt] of seen) if (createdAt > next) seen.delete(id);
    } else {
      offset += count;
    }
  }
}

function readPage(response: HttpResponse): ReadPage {
  const page: DefinedFields<RendobarJobPage> = readList(response);
  const body = parseJson(response.body);
  const meta = asObject(asObject(body)?.meta);
  return { ...page, count: listEntries(body)?.length ?? 0, ...definedFields({ total: readNumber(meta?.total) }) };
}

function timeOf(field: 'from' | 'to', value: number | Date | undefined): number | undefined {
  if (value === undefined) return undefined;
  return wholeNumber(field, Number(value), 0, 8.64e15);
}

function wholeNumber(field: string, value: number | undefined, min: number, max: number): number | undefined {
  if (value === undefined || (Number.isInteger(value) && value >= min && value <= max)) return value;
  throw new RenderError({
    code: 'INVALID_REQUEST',
    message: `${field} must be a whole number from ${min} to ${max}.`,
    field,
    remedy: `Pass a whole number, or leave ${field} out.`,
  });
}
