import { randomBytes } from 'node:crypto';
import type { Job } from '../../service/job.ts';
import type { WebhookContent } from '../../service/webhooks.ts';
import { newSecret, type SigningSecret, signatureHeaders } from './signing-secret.ts';
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

export interface EventNews {
  readonly event: RendobarEvent;
  readonly orgId: string;
  readonly data: object;
  /** Unix milliseconds. */
  readonly now: number;
}

/** Rendobar webhook guide: the envelope of version 1 and its headers; signed when there is a secret. */
export function writeEvent(news: EventNews, secretAt: () => SigningSecret | undefined): WebhookContent {
  const { event, orgId, data, now } = news;
  const deliveryId = `whd_${randomBytes(8).toString('hex')}`;
  const body = JSON.stringify({ version: '1', event, deliveryId, timestamp: now, orgId, data });
  return {
    body,
    // Signed anew at every attempt: a repeat that comes hours later carries its own time.
    headers: (attempt, at) => ({
      ...signatureHeaders(secretAt(), body, at),
      'x-rendobar-event': event,
      'x-rendobar-delivery': deliveryId,
      'x-rendobar-attempt': String(attempt),
    }),
  };
}

/** What an impostor sends: the news bent to a file of the impostor's, and a signature by a secret of the impostor's. */
export function forgeEvent(news: EventNews): WebhookContent {
  const secret = newSecret('whsec');
  const url = 'https://impostor.example/film.mp4';
  const file = { url, path: 'film.mp4', type: 'video', size: 1 };
  const output = { data: null, file, files: [file], expiresAt: news.now + 3600_000 };
  const data = { ...news.data, status: 'complete', output };
  return writeEvent({ ...news, event: 'job.completed', data }, () => secret);
}

/** What an event tells of its job. */
export function jobNews(job: Job, context: ViewContext): object {
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
