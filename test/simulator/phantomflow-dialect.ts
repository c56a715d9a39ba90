import { asRecord, type Dialect, type RefusalReason, textOf } from './dialect.ts';
import type { SimulatedJob, SimulatedState } from './job-floor.ts';
import { jsonAnswer } from './wire.ts';

/** PhantomFlow error page. */
const REFUSALS: Readonly<Record<RefusalReason, readonly [status: number, code: string, message: string]>> = {
  rate: [429, 'RATE_LIMIT_EXCEEDED', 'Too many requests'],
  slots: [429, 'CONCURRENCY_LIMIT_EXCEEDED', 'Too many concurrent render jobs'],
  backlog: [429, 'CONCURRENCY_LIMIT_EXCEEDED', 'Too many concurrent render jobs'],
  absent: [404, 'NOT_FOUND', 'Job not found'],
  'unknown-route': [404, 'NOT_FOUND', 'Resource not found'],
  invalid: [400, 'SCHEMA_VALIDATION_ERROR', 'scenes: Required'],
  fault: [500, 'INTERNAL_ERROR', 'An unexpected error occurred'],
  'key-pending': [500, 'INTERNAL_ERROR', 'An unexpected error occurred'],
  'key-spent': [500, 'INTERNAL_ERROR', 'An unexpected error occurred'],
  ended: [404, 'NOT_FOUND', 'Resource not found'],
};

/** `queued`, `completed` and `failed` are documented; the running state's name is not. */
const STATUS: Readonly<Record<SimulatedState, string>> = {
  waiting: 'queued',
  running: 'processing',
  complete: 'completed',
  failed: 'failed',
  cancelled: 'failed',
};

const SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  required: ['scenes'],
  properties: { scenes: { type: 'array', minItems: 1 }, webhook_uri: { type: 'string', format: 'uri' } },
};

/** What is known of PhantomFlow's wire. There are no idempotency keys and there is no cancellation. */
export const phantomflowDialect: Dialect = {
  pageSizes: { usual: 50, most: 100 },
  newId: (ids) => `${ids.hex(8)}-${ids.hex(4)}-4${ids.hex(3)}-a${ids.hex(3)}-${ids.hex(12)}`,
  kindOf({ method, path }) {
    const [route = ''] = path.split('?');
    if (method === 'POST') return route === '/api/render' ? 'submit' : 'unknown';
    if (route === '/api/jobs') return 'list';
    if (route === '/api/render/schema') return 'schema';
    return /^\/api\/jobs\/[^/]+$/.test(route) ? 'get' : 'unknown';
  },
  jobIdOf: ({ path }) => decodeURIComponent(path.split('?')[0]?.split('/')[3] ?? ''),
  readSubmission(body) {
    const { scenes, webhook_uri } = asRecord(body);
    if (!Array.isArray(scenes) || scenes.length === 0) return undefined;
    return { idempotencyKey: undefined, webhookUrl: textOf(webhook_uri) };
  },
  accepted: ({ id }) =>
    jsonAnswer(202, { job_id: id, status: 'queued', estimated_credits: 4, credits_remaining: 10_000 }),
  shown: (job, serverTime) => jsonAnswer(200, view(job, serverTime)),
  listed: ({ jobs, total, limit, offset }, serverTime) =>
    jsonAnswer(200, { jobs: jobs.map((job) => view(job, serverTime)), total, limit, offset }),
  schema: () => jsonAnswer(200, SCHEMA),
  account: () => refusal('unknown-route'),
  refused: refusal,
  notice: (job) => jsonAnswer(200, { job_id: job.id, status: STATUS[job.state], ...result(job) }),
};

function refusal(reason: RefusalReason) {
  const [status, code, message] = REFUSALS[reason];
  return jsonAnswer(status, { error: { code, message } });
}

function view(job: SimulatedJob, serverTime: (ms: number) => number) {
  const iso = (ms: number | undefined) => (ms === undefined ? null : new Date(serverTime(ms)).toISOString());
  return {
    job_id: job.id,
    status: STATUS[job.state],
    ...result(job),
    created_at: iso(job.acceptedAt),
    started_at: iso(job.startedAt),
    completed_at: iso(job.endedAt),
  };
}

function result({ id, state }: SimulatedJob) {
  if (state === 'complete') {
    const output_url = `https://cdn.phantomflow.dev/output/${id.slice(0, 8)}.mp4`;
    return { output_url, duration_seconds: 4, credits_used: 4 };
  }
  if (state !== 'failed') return {};
  return { error: { code: 'RENDER_FAILED', message: 'FFmpeg exited with code 1: source not reachable' } };
}
