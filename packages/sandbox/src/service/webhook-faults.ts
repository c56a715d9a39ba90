import type { SandboxClock } from './clock.ts';
import type { WebhookFault } from './fault-rule.ts';
import type { FaultBook } from './faults.ts';
import type { Job } from './job.ts';
import type { WebhookContent, WebhookMessage, WebhookSender } from './webhooks.ts';

/** A webhook about a job, and what a fault rule may want to make of it. */
export interface JobNotice {
  readonly job: Job;
  readonly event: string;
  readonly url: string;
  readonly retryDelaysMs: readonly number[];
  /** Written when it is sent, not before: a rotated secret must sign. */
  readonly write: () => WebhookContent;
  /** What somebody would send who knows the receiver and not the secret. */
  readonly forge: () => WebhookContent;
  /**
   * Rotates the secret that signs, unless it was rotated within a day: the one before the last signs no more, and a receiver
   * that still has it could verify nothing. Absent where nothing is signed.
   */
  readonly rotate?: () => void;
  readonly onSettled?: (delivered: boolean) => void;
}

export interface Notifier {
  notify(notice: JobNotice): void;
  /** Forgets what is held back for one account, or for all. */
  clear(accountId?: string): void;
}

interface HeldMessage {
  readonly accountId: string;
  readonly send: () => void;
  /** Takes it out of the waiting ones, so that it is sent once at most. */
  readonly take: () => void;
}

const LATE_MS = 60_000;
const HELD_MS = 5000;

/** Sends webhooks, and does to them what the job's own fault or a rule says. */
export function createNotifier(sender: WebhookSender, faults: FaultBook, clock: SandboxClock): Notifier {
  /** Messages that wait for one that overtakes them, by account and receiver. */
  const held = new Map<string, HeldMessage>();

  function faultOf({ job, event }: JobNotice): WebhookFault | undefined {
    if (job.fault?.webhook) return job.fault.webhook;
    const { provider, accountId, type: jobType } = job;
    return faults.takeForWebhook({ provider, method: 'POST', path: '', accountId, jobType, event });
  }

  function hold(key: string, message: WebhookMessage, waitMs: number): void {
    const send = () => void sender.send(message, { fault: 'reorder' });
    const stopWaiting = clock.after(waitMs, () => {
      take();
      send();
    });
    const take = () => {
      stopWaiting();
      held.delete(key);
    };
    held.set(key, { accountId: message.accountId, send, take });
  }

  return {
    notify(notice) {
      const { job, event, url, retryDelaysMs, onSettled } = notice;
      const fault = faultOf(notice);
      const kind = fault?.kind;
      if (kind === 'rotate') notice.rotate?.();
      const base = { accountId: job.accountId, jobId: job.id, event, url };
      const message = { ...base, retryDelaysMs, ...notice.write(), ...(onSettled ? { onSettled } : {}) };
      const key = `${job.accountId} ${url}`;
      const overtaken = held.get(key);
      // Taken at once: of several that follow, one alone overtakes it.
      overtaken?.take();

      if (kind === 'drop') {
        overtaken?.send();
        return sender.drop(message);
      }
      if (kind === 'reorder' && !overtaken) return hold(key, message, fault?.afterMs ?? HELD_MS);
      const forged =
        kind === 'forge' ? sender.send({ ...base, retryDelaysMs: [], ...notice.forge() }, { fault: kind }) : undefined;
      const send = () =>
        sender.send(message, {
          fault: kind === 'forge' ? undefined : kind,
          ...(kind === 'late' ? { delayMs: fault?.afterMs ?? LATE_MS } : {}),
          isDoubled: kind === 'duplicate',
        });
      // The impostor is first, and what was held back comes after: on the wire, not only in our books.
      const sent = forged ? forged.then(send) : send();
      if (overtaken) void sent.then(overtaken.send);
    },
    clear(accountId) {
      for (const entry of [...held.values()]) {
        if (accountId === undefined || entry.accountId === accountId) entry.take();
      }
    },
  };
}
