import { CALL_FIELDS, callOptions, jobId, SUBMIT_FIELDS, waitOptions } from '../../arguments/call-options.ts';
import { withCallerFunctions } from '../../arguments/caller-functions.ts';
import { type ArgumentCheck, options as optionsOf, unchecked } from '../../arguments/check-argument.ts';
import { guard } from '../../arguments/guard.ts';
import { oneOf, TEXT, TIME } from '../../arguments/rule.ts';
import { submitChecked } from '../../checked-submit.ts';
import type { CallOptions, SubmitOptions, WaitOptions } from '../../contract/client.ts';
import { definedFields } from '../../decode/defined-fields.ts';
import { asObject, type JsonObject } from '../../decode/json-body.ts';
import { readText, readTime, readUrl } from '../../decode/scalars.ts';
import { typed } from '../../errors/internal.ts';
import { RenderError } from '../../errors/render-error.ts';
import type { HttpResponse } from '../../ports/http-transport.ts';
import { keyOfReference } from '../../providers/rendobar/idempotency-key.ts';
import type { RendobarJob } from '../../providers/rendobar/job.ts';
import type { Account } from '../../queue/account.ts';
import { cancelJob } from '../../queue/cancel-job.ts';

import type { FileDownload } from '../../transport/download-file.ts';
import { type ApiCaller, callPlan } from '../api-caller.ts';
import {
  downloadOptions,
  downloadOutput,
  jobOrId,
  type DownloadOptions as RendobarDownloadOptions,
} from '../download-output.ts';
import { type RendobarLogEntry, readLogs } from './job-logs.ts';
import type { RendobarJobTypeName, RendobarRequestOf } from './job-request.ts';
import { listJobs, type RendobarJobPage, type RendobarListOptions, walkJobs } from './list-jobs.ts';
import type { RendobarPorts } from './rendobar-ports.ts';
import { apiPath, readObject, removeResource } from './resources.ts';

export type { RendobarDownloadOptions };

export interface RendobarCreateOptions extends SubmitOptions {
  /**
   * The caller's own name for this piece of work, for example a row or an order. The same reference always gives the
   * same idempotency key, so the work is rendered once however often it is asked for. `idempotencyKey` wins over it.
   */
  readonly reference?: string | undefined;
}

export interface RendobarWaitOptions<Type extends string = string> extends Omit<WaitOptions, 'onChange'> {
  readonly onChange?: ((job: RendobarJob<Type>) => void) | undefined;
}

/** The public page of a job's output. */
export interface RendobarShare {
  readonly shareId: string;
  readonly shareUrl: string;
  /** Unix milliseconds. */
  readonly createdAt?: number;
}

/**
 * Rendobar's jobs. Everything throws RenderError; a job that failed is a RendobarJob with `error`. Where a job is given
 * rather than its id, its type is kept, and with it the type of `output.data`.
 */
export interface RendobarJobs {
  /**
   * Submits a job. The params of the nine live types are checked by the compiler; any other type takes any params.
   * Always carries an idempotency key; one that is spent on a job that never ran is followed by the next. `replayed`
   * tells that the key was known and no new job was made: Rendobar compares the key alone, never the request, so a
   * replayed job may even be of another type (isRendobarJob tells).
   */
  create<const Type extends RendobarJobTypeName | (string & {})>(
    request: { readonly type: Type } & RendobarRequestOf<Type>,
    options?: RendobarCreateOptions,
  ): Promise<RendobarJob<Type>>;
  get<Type extends string = string>(job: string | RendobarJob<Type>, options?: CallOptions): Promise<RendobarJob<Type>>;
  /** The job object exactly as the API sends it. May hold signed URLs. */
  getRaw(jobId: string, options?: CallOptions): Promise<Readonly<Record<string, unknown>>>;
  list(options?: RendobarListOptions): Promise<RendobarJobPage>;
  /**
   * Every job that fits the filter, newest first, over all pages, each once.
   * @throws {RenderError} INVALID_REQUEST at once, not at the first job, for options that cannot be meant.
   */
  listAll(options?: Omit<RendobarListOptions, 'offset' | 'sort' | 'order'>): AsyncIterable<RendobarJob>;
  /**
   * Looks until the job has ended. Throws WAIT_TIMEOUT when the time is over (half an hour by default); the job goes on.
   * What `onChange` or `onTrouble` throws ends the wait and reaches you as it is.
   */
  wait<Type extends string = string>(
    job: string | RendobarJob<Type>,
    options?: RendobarWaitOptions<Type>,
  ): Promise<RendobarJob<Type>>;
  /** Cancels a job that waits or runs. Throws CONFLICT when it had ended already. */
  cancel(jobId: string, options?: CallOptions): Promise<RendobarJob>;
  /** What the job wrote, oldest first; empty when it has no logs. Throws NOT_FOUND when there is no such job. */
  logs(jobId: string, options?: CallOptions): Promise<readonly RendobarLogEntry[]>;
  /**
   * A finished job's file as a stream. Give the job itself to spare a look. A link that has expired is renewed, and a
   * connection that breaks is taken up where it broke.
   */
  download(job: string | RendobarJob, options?: RendobarDownloadOptions): Promise<FileDownload>;
  /** Makes the output public for good, or gives the share that exists. */
  share(jobId: string, options?: CallOptions): Promise<RendobarShare>;
  /** The share, or undefined while the job is not shared. */
  getShare(jobId: string, options?: CallOptions): Promise<RendobarShare | undefined>;
  unshare(jobId: string, options?: CallOptions): Promise<void>;
  /** Has failed copies into the organization's buckets made again; tells the deliveries as they then are. */
  retryDeliveries(jobId: string, options?: CallOptions): Promise<RendobarJob>;
}

export function createJobs(
  account: Account,
  ports: RendobarPorts,
  call: ApiCaller,
  wait: (jobId: string, options?: WaitOptions) => Promise<RendobarJob>,
): RendobarJobs {
  const path = (jobId: string, rest = '') => apiPath('/jobs', 'jobId', jobId, rest);
  const look = (jobId: string, options?: CallOptions): Promise<RendobarJob> =>
    typed(() => account.look(jobId, callPlan(account, options)));
  const getShare = (jobId: string, options?: CallOptions) =>
    typed(() => call({ method: 'GET', path: path(jobId, '/share') }, { options, read: readShare }));

  const jobs: UntypedJobs = {
    create: (request, { reference, ...given } = {}) =>
      withCallerFunctions(given, { notices: ['onQueued'], gates: ['onSend'] }, (own) =>
        typed(async () => {
          const key = own.idempotencyKey ?? (reference === undefined ? undefined : keyOf(reference));
          return submitChecked(account, request, { ...own, ...definedFields({ idempotencyKey: key }) });
        }),
      ),
    get: (job, options) => look(idOf(job), options),
    getRaw: (jobId, options) => typed(() => call({ method: 'GET', path: path(jobId) }, { options, read: readObject })),
    list: (options = {}) =>
      typed(async () => {
        const { count: _seen, ...page } = await listJobs(account, call, options);
        return page;
      }),
    listAll(options = {}) {
      listOptions(options);
      return walkJobs(account, call, options);
    },
    wait: (job, options) => wait(idOf(job), options),
    cancel: (jobId, options) => typed(() => cancelJob(account, jobId, callPlan(account, options))),
    logs: (jobId, options) =>
      typed(async () => {
        try {
          return await call({ method: 'GET', path: path(jobId, '/logs') }, { options, read: readLogs });
        } catch (error) {
          // The same 404 says "no logs" and "no such job"; the job itself tells which.
          if (!isCode(error, 'NOT_FOUND')) throw error;
          await look(jobId, options);
          return [];
        }
      }),
    download: (job, options) => typed(() => downloadOutput({ account, ports, look }, job, options)),
    share: (jobId, options) =>
      typed(async () => {
        try {
          const shared = await call({ method: 'POST', path: path(jobId, '/share') }, { options, read: readShare });
          if (shared !== undefined) return shared;
        } catch (error) {
          if (!isCode(error, 'CONFLICT')) throw error;
        }
        const existing = await getShare(jobId, options);
        if (existing !== undefined) return existing;
        throw new RenderError({
          code: 'BAD_RESPONSE',
          message: 'The answer to the share holds no share, and the job has none.',
          provider: account.provider.id,
          jobId,
        });
      }),
    getShare,
    unshare: (jobId, options) => typed(() => removeResource(call, path(jobId, '/share'), options)),
    retryDeliveries: (jobId, options) =>
      typed(async () => {
        await call({ method: 'POST', path: path(jobId, '/deliveries/retry') }, { options, read: nothing });
        return look(jobId, options);
      }),
  };
  return guard(jobs, {
    create: [unchecked, optionsOf(SUBMIT_FIELDS)],
    get: [jobOrId, callOptions],
    getRaw: [jobId, callOptions],
    list: [listOptions],
    wait: [jobOrId, waitOptions],
    cancel: [jobId, callOptions],
    logs: [jobId, callOptions],
    download: [jobOrId, downloadOptions],
    share: [jobId, callOptions],
    getShare: [jobId, callOptions],
    unshare: [jobId, callOptions],
    retryDeliveries: [jobId, callOptions],
  }) as RendobarJobs;
}

/** The same without what the job type makes of it: at run time a job is what the answer says. */
type UntypedJobs = Omit<RendobarJobs, 'create' | 'get' | 'wait'> & {
  create(request: unknown, options?: RendobarCreateOptions): Promise<RendobarJob>;
  get(job: string | RendobarJob, options?: CallOptions): Promise<RendobarJob>;
  wait(job: string | RendobarJob, options?: RendobarWaitOptions): Promise<RendobarJob>;
};

const listOptions: ArgumentCheck = optionsOf({
  ...CALL_FIELDS,
  status: oneOf(['waiting', 'dispatched', 'running', 'complete', 'failed', 'cancelled']),
  type: TEXT,
  client: TEXT,
  from: TIME,
  to: TIME,
  sort: oneOf(['created', 'duration', 'cost']),
  order: oneOf(['asc', 'desc']),
});

function idOf(job: string | RendobarJob): string {
  return typeof job === 'string' ? job : job.id;
}

function keyOf(reference: string): string {
  if (typeof reference === 'string' && reference.trim() !== '' && reference.isWellFormed()) {
    return keyOfReference(reference);
  }
  throw new RenderError({
    code: 'INVALID_REQUEST',
    message: 'The reference must be text that is not blank.',
    field: 'reference',
  });
}

function readShare(response: HttpResponse): RendobarShare | undefined {
  const share: JsonObject | undefined = asObject(readShareData(response));
  const [shareId, shareUrl] = [readText(share?.shareId), readUrl(share?.shareUrl)];
  if (shareId === undefined || shareUrl === undefined) return undefined;
  return { shareId, shareUrl, ...definedFields({ createdAt: readTime(share?.createdAt) }) };
}

/** `data` is null while a job is not shared. */
function readShareData(response: HttpResponse): unknown {
  const object = readObject(response);
  return object.data === null ? undefined : object;
}

function isCode(error: unknown, code: string): boolean {
  return RenderError.isInstance(error) && error.code === code;
}

function nothing(): void {}
