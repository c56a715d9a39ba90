import { createHmac, randomBytes } from 'node:crypto';
import type { Job } from '../../service/job.ts';
import { type ViewContext, viewJob } from './views.ts';

/** Rendobar webhook guide: no 2xx within ten seconds is repeated five times. */
export const RETRY_DELAYS_MS: readonly number[] = [10_000, 20_000, 40_000, 80_000, 160_000];

/** Rendobar webhook guide: the events that an endpoint may subscribe to. */
export const EVENTS = [
  'job.created',
  'job.started',
  'job.completed',
  'job.failed',
  'job.cancelled',
  'job.delivery_succeeded',
  'job.delivery_failed',
  'job.deliveries_settled',
  'balance.low',
  'balance.depleted',
] as const;

export type RendobarEvent = (typeof EVENTS)[number];

/** The event that a job's state stands for; none while it waits for its turn. */
export function eventOf({ state }: Job): RendobarEvent | undefined {
  switch (state) {
    case 'waiting':
      return 'job.created';
    case 'running':
      return 'job.started';
    case 'complete':
      return 'job.completed';
    case 'failed':
      return 'job.failed';
    case 'cancelled':
      return 'job.cancelled';
    default:
      return undefined;
  }
}

/** One event, ready to be posted. */
export interface EventPost {
  readonly body: string;
  /** Headers of one attempt; signed when there is a secret. */
  readonly headers: (attempt: number, now: number) => Readonly<Record<string, string>>;
}

/** Rendobar webhook guide: the envelope of version 1, and its headers. */
export function buildEventPost(
  event: RendobarEvent,
  job: Job,
  context: ViewContext,
  secret: string | undefined,
): EventPost {
  const deliveryId = `whd_${randomBytes(8).toString('hex')}`;
  const body = JSON.stringify({
    version: '1',
    event,
    deliveryId,
    timestamp: context.now,
    orgId: job.accountId,
    data: eventData(job, context),
  });
  return {
    body,
    headers: (attempt, now) => ({
      ...signature(secret, body, now),
      'x-rendobar-event': event,
      'x-rendobar-delivery': deliveryId,
      'x-rendobar-attempt': String(attempt),
    }),
  };
}

function eventData(job: Job, context: ViewContext) {
  const { output, error, cost, createdAt, startedAt, completedAt } = viewJob(job, context);
  return {
    jobId: job.id,
    jobType: job.type,
    status: job.state,
    ...(output ? { output } : {}),
    ...(error ? { error } : {}),
    cost,
    timing: { createdAt, startedAt, completedAt },
  };
}

/** HMAC-SHA256 of `timestamp.body`, hex; the timestamp is in seconds. */
function signature(secret: string | undefined, body: string, now: number): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(now / 1000));
  if (secret === undefined) return { 'x-rendobar-timestamp': timestamp };
  const mac = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  return { 'x-rendobar-timestamp': timestamp, 'x-rendobar-signature': `sha256=${mac}` };
}
