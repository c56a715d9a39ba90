import { randomBytes } from 'node:crypto';
import type { Job } from '../../service/job.ts';
import type { SandboxService } from '../../service/service.ts';
import { buildEventPost, eventOf, RETRY_DELAYS_MS } from './job-event.ts';
import { type RendobarWire, type ViewContext, wireOf } from './views.ts';

export interface CallbackSender {
  /** The organization's `cbsec_` secret, made at its first use. */
  secretOf(accountId: string): string;
  rotate(accountId: string): string;
  /** Tells the job's callback, if it has one that wants to hear of the job's state. */
  notify(job: Job, context: ViewContext): void;
}

/** Per-job callbacks: terminal events always, `job.started` on request, signed on request. */
export function createCallbackSender(service: SandboxService): CallbackSender {
  const secrets = new Map<string, string>();

  function rotate(accountId: string): string {
    const secret = `cbsec_${randomBytes(24).toString('base64url')}`;
    secrets.set(accountId, secret);
    return secret;
  }
  const secretOf = (accountId: string) => secrets.get(accountId) ?? rotate(accountId);

  function settle(jobId: string, delivered: boolean): void {
    const job = service.jobs.get(jobId);
    if (!job) return;
    const wire: RendobarWire = { ...wireOf(job), callback: { status: delivered ? 'delivered' : 'failed' } };
    service.jobs.update(jobId, { wire });
  }

  return {
    secretOf,
    rotate,
    notify(job, context) {
      const { callback } = wireOf(job).body;
      const event = eventOf(job);
      if (!callback || !event || event === 'job.created') return;
      const isTerminal = event !== 'job.started';
      if (!isTerminal && !callback.events?.includes(event)) return;
      const post = buildEventPost(event, job, context, callback.verify ? secretOf(job.accountId) : undefined);
      const own = withoutReserved(callback.headers ?? {});
      service.webhooks.send({
        accountId: job.accountId,
        jobId: job.id,
        url: callback.url,
        body: post.body,
        retryDelaysMs: RETRY_DELAYS_MS,
        headers: (attempt, now) => ({ ...own, ...post.headers(attempt, now) }),
        ...(isTerminal ? { onSettled: (delivered) => settle(job.id, delivered) } : {}),
      });
    },
  };
}

/** Rendobar callback guide: its own headers and those that frame a message are reserved. */
const RESERVED = /^(x-rendobar-|content-|transfer-encoding$|connection$|host$)/i;

function withoutReserved(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !RESERVED.test(name)));
}
