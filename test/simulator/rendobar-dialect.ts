import { asRecord, type Dialect, type RefusalReason, textOf } from './dialect.ts';
import type { SimulatedJob } from './job-floor.ts';
import { jsonAnswer } from './wire.ts';

/** Rendobar error page; CONFLICT with details is its idempotency keys'. */
const REFUSALS: Readonly<Record<RefusalReason, readonly [status: number, code: string, message: string]>> = {
  rate: [429, 'RATE_LIMITED', 'Too many requests.'],
  slots: [429, 'QUEUE_FULL', 'The queue of this organization is full.'],
  backlog: [429, 'QUEUE_FULL', 'The queue of this organization is full.'],
  absent: [404, 'NOT_FOUND', 'Job not found.'],
  'unknown-route': [404, 'NOT_FOUND', 'There is no such route.'],
  invalid: [400, 'INVALID_JOB_TYPE', 'Unknown job type.'],
  fault: [500, 'INTERNAL_ERROR', 'Something went wrong on our side.'],
  'key-pending': [409, 'CONFLICT', 'A submit with this idempotency key is in progress.'],
  'key-spent': [409, 'CONFLICT', 'This idempotency key is bound to a job that never ran.'],
  ended: [409, 'CONFLICT', 'The job has ended already.'],
};

const SCHEMA = { type: 'object', required: ['command'], properties: { command: { type: 'string', minLength: 1 } } };

/** Rendobar's wire, fifth edition of its pages. */
export const rendobarDialect: Dialect = {
  pageSizes: { usual: 50, most: 100 },
  newId: (ids) => `job_${ids.hex(20)}`,
  kindOf({ method, path }) {
    const [route = ''] = path.split('?');
    if (method === 'POST') {
      if (route === '/jobs') return 'submit';
      return /^\/jobs\/[^/]+\/cancel$/.test(route) ? 'cancel' : 'unknown';
    }
    if (route === '/jobs') return 'list';
    if (/^\/jobs\/types\/[^/]+\/schema$/.test(route)) return 'schema';
    if (route === '/billing/state' || route === '/account/capabilities' || route === '/orgs/current') return 'account';
    return /^\/jobs\/[^/]+$/.test(route) ? 'get' : 'unknown';
  },
  jobIdOf: ({ path }) => decodeURIComponent(path.split('?')[0]?.split('/')[2] ?? ''),
  readSubmission(body) {
    const { type, idempotencyKey, callback } = asRecord(body);
    if (type !== 'ffmpeg') return undefined;
    return { idempotencyKey: textOf(idempotencyKey), webhookUrl: textOf(asRecord(callback).url) };
  },
  accepted({ id, state }, isReplay) {
    // Documented: the first state is `waiting`; a replay gives the job as it is.
    return isReplay
      ? jsonAnswer(200, { data: { id, status: state, idempotent: true } })
      : jsonAnswer(201, { data: { id, status: 'waiting' } });
  },
  shown: (job, serverTime) => jsonAnswer(200, { data: view(job, serverTime) }),
  listed: ({ jobs, total, limit, offset }, serverTime) =>
    jsonAnswer(200, {
      data: jobs.map((job) => view(job, serverTime)),
      meta: { total, page: Math.floor(offset / limit) + 1, limit, offset },
    }),
  schema: () => jsonAnswer(200, { data: { type: 'ffmpeg', fields: [], jsonSchema: SCHEMA } }),
  account: () => jsonAnswer(200, { data: { plan: { slug: 'pro', name: 'Pro' }, limits: {}, features: {} } }),
  refused(reason, job) {
    const [status, code, message] = REFUSALS[reason];
    const details = reason === 'key-spent' && job !== undefined ? { details: { jobId: job.id } } : {};
    return jsonAnswer(status, { error: { code, message, ...details } });
  },
  notice(job, serverTime, deliveryId) {
    const event = job.state === 'complete' ? 'job.completed' : `job.${job.state}`;
    const { id: jobId, type: jobType, status, createdAt, startedAt, completedAt, ...rest } = view(job, serverTime);
    const data = { jobId, jobType, status, ...rest, timing: { createdAt, startedAt, completedAt } };
    const timestamp = serverTime(job.endedAt ?? job.acceptedAt);
    return jsonAnswer(
      200,
      { version: '1', event, deliveryId, timestamp, orgId: 'org_1', data },
      {
        'x-rendobar-event': event,
        'x-rendobar-delivery': deliveryId,
        'x-rendobar-attempt': '1',
        'x-rendobar-timestamp': String(Math.floor(timestamp / 1000)),
      },
    );
  },
};

function view(job: SimulatedJob, serverTime: (ms: number) => number) {
  const at = (ms: number | undefined) => (ms === undefined ? null : serverTime(ms));
  return {
    id: job.id,
    orgId: 'org_1',
    type: 'ffmpeg',
    status: job.state,
    idempotencyKey: job.idempotencyKey ?? null,
    ...ending(job),
    createdAt: serverTime(job.acceptedAt),
    startedAt: at(job.startedAt),
    completedAt: at(job.endedAt),
  };
}

function ending({ id, state, fate }: SimulatedJob) {
  if (state === 'complete') {
    const file = { url: `https://api.rendobar.com/dl/${id}?token=t`, path: 'out.mp4', type: 'video', size: 900_100 };
    return { output: { data: null, file, files: [file], expiresAt: null }, cost: null };
  }
  if (state !== 'failed') return {};
  return {
    error:
      fate === 'never-ran'
        ? { code: 'DISPATCH_EXHAUSTED', message: 'No runner took the job.', detail: null, retryable: true }
        : { code: 'RUNNER_ERROR', message: 'ffmpeg exited with code 1', detail: null, retryable: false },
  };
}
