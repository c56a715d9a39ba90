import type { Job } from '../../service/job.ts';
import type { SandboxService } from '../../service/service.ts';
import { viewWebhook, wireOf } from './views.ts';

/** Webhook page: exponential backoff. The number of tries and their pauses stand in a table that could not be read. */
const RETRY_DELAYS_MS = [1000, 2000, 4000, 8000, 16_000];

/**
 * Error page: the estimate was taken up front and the difference comes back. Terms: a failed render costs nothing.
 * Whether more than the estimate can be charged is unknown; here it cannot.
 */
export function settleCredits(job: Job, service: SandboxService): Job {
  const { estimatedCredits } = wireOf(job);
  const seconds = job.state === 'complete' ? (job.files[0]?.durationSeconds ?? estimatedCredits) : 0;
  const cost = Math.min(Math.ceil(seconds), estimatedCredits);
  job.reservation?.settle(cost);
  return service.jobs.update(job.id, { cost, settledAt: service.clock.now() });
}

/** POSTs the terminal state to the job's `webhook_uri`, if it has one. */
export function sendWebhook(job: Job, service: SandboxService, baseUrl: string): void {
  const { webhookUri } = wireOf(job);
  if (webhookUri === undefined) return;
  const body = JSON.stringify(viewWebhook(job, baseUrl));
  service.notifier.notify({
    job,
    event: job.state === 'complete' ? 'completed' : 'failed',
    url: webhookUri,
    retryDelaysMs: RETRY_DELAYS_MS,
    write: () => ({ body }),
    forge: () => ({ body: forgedBody(job) }),
  });
}

/** What anybody can send who knows the receiver: nothing is signed, so only a look at the job tells. */
function forgedBody({ id }: Job): string {
  const news = { output_url: 'https://impostor.example/film.mp4', duration_seconds: 1, credits_used: 0 };
  return JSON.stringify({ job_id: id, status: 'completed', ...news });
}
