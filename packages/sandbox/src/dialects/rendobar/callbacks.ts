import type { Job } from '../../service/job.ts';
import type { SandboxService } from '../../service/service.ts';
import { Refusal } from './errors.ts';
import { type EventNews, eventOf, forgeEvent, jobNews, RETRY_DELAYS_MS, writeEvent } from './job-event.ts';
import { newSecret, rotated, rotationWait, type SigningSecret } from './signing-secret.ts';
import { type RendobarWire, type ViewContext, wireOf } from './views.ts';

export interface CallbackSender {
  /** The organization's `cbsec_` secret, made at its first use. */
  secretOf(accountId: string): string;
  /** Throws CONFLICT within a day of the last rotation. */
  rotate(accountId: string): string;
  /** Tells the job's callback, if it has one that wants to hear of the job's state. */
  notify(job: Job, context: ViewContext): void;
  /** Forgets one account's secret, or all. */
  clear(accountId?: string): void;
}

/** Per-job callbacks: terminal events always, `job.started` on request, signed on request. */
export function createCallbackSender(service: SandboxService): CallbackSender {
  const secrets = new Map<string, SigningSecret>();

  function secretOf(accountId: string): SigningSecret {
    const secret = secrets.get(accountId) ?? newSecret('cbsec');
    secrets.set(accountId, secret);
    return secret;
  }

  function replace(accountId: string): string {
    const next = rotated(secretOf(accountId), 'cbsec', service.clock.now());
    secrets.set(accountId, next);
    return next.current;
  }

  function settle(jobId: string, delivered: boolean): void {
    const job = service.jobs.get(jobId);
    if (!job) return;
    const wire: RendobarWire = { ...wireOf(job), callback: { status: delivered ? 'delivered' : 'failed' } };
    service.jobs.update(jobId, { wire });
  }

  return {
    secretOf: (accountId) => secretOf(accountId).current,
    rotate(accountId) {
      refuseEarlyRotation(secretOf(accountId), service);
      return replace(accountId);
    },
    notify(job, context) {
      const { callback } = wireOf(job).body;
      const event = eventOf(job);
      if (!callback || !event || event === 'job.created') return;
      const isTerminal = event !== 'job.started';
      if (!isTerminal && !callback.events?.includes(event)) return;
      const { accountId } = job;
      const news: EventNews = { event, orgId: accountId, data: jobNews(job, context), now: context.now };
      const own = callback.headers ?? {};
      const secretAt = () => (callback.verify ? secretOf(accountId) : undefined);
      service.notifier.notify({
        job,
        event,
        url: callback.url,
        retryDelaysMs: RETRY_DELAYS_MS,
        write() {
          const { body, headers } = writeEvent(news, secretAt);
          return { body, headers: (attempt, now) => ({ ...own, ...headers?.(attempt, now) }) };
        },
        forge: () => forgeEvent(news),
        rotate: () => {
          if (rotationWait(secretOf(accountId), service.clock.now()) === 0) replace(accountId);
        },
        ...(isTerminal ? { onSettled: (delivered: boolean) => settle(job.id, delivered) } : {}),
      });
    },
    clear(accountId) {
      if (accountId === undefined) secrets.clear();
      else secrets.delete(accountId);
    },
  };
}

/** Rendobar webhook guide: a secret is rotated once in 24 hours. Which code says so is not documented. */
export function refuseEarlyRotation(secret: SigningSecret, { clock }: SandboxService): void {
  const waitMs = rotationWait(secret, clock.now());
  if (waitMs === 0) return;
  throw new Refusal('CONFLICT', `The secret was rotated already; again in ${Math.ceil(waitMs / 3600_000)} hours.`);
}
