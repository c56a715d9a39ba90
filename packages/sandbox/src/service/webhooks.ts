import { randomBytes } from 'node:crypto';
import type { SandboxClock } from './clock.ts';

export interface WebhookPost {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends one POST and resolves to the status; rejects when no answer came. */
export type PostWebhook = (post: WebhookPost, signal: AbortSignal) => Promise<number>;

export interface WebhookMessage {
  readonly accountId: string;
  readonly jobId: string;
  readonly url: string;
  readonly body: string;
  /** Milliseconds before each repeat: its length is the number of repeats. */
  readonly retryDelaysMs: readonly number[];
  /** Headers of one attempt, counted from 1, at a Unix time in milliseconds. */
  readonly headers?: (attempt: number, now: number) => Readonly<Record<string, string>>;
  readonly onSettled?: (delivered: boolean) => void;
}

export interface WebhookDelivery {
  readonly id: string;
  readonly accountId: string;
  readonly jobId: string;
  /** Scheme and host only: the rest of a receiver's URL may be its secret. */
  readonly receiver: string;
  readonly status: 'pending' | 'delivered' | 'failed';
  readonly attempts: readonly { readonly at: number; readonly status?: number; readonly error?: string }[];
}

export interface WebhookSender {
  send(message: WebhookMessage): void;
  /** Newest last. */
  deliveries(): readonly WebhookDelivery[];
  /** Stops every attempt and forgets the deliveries. */
  clear(): void;
}

const KEPT_DELIVERIES = 500;

/** Delivers at least once: a receiver that answers 2xx too late hears again. */
export function createWebhookSender(clock: SandboxClock, post: PostWebhook): WebhookSender {
  const deliveries = new Map<string, WebhookDelivery>();
  let stopped = new AbortController();

  function send(message: WebhookMessage): void {
    const id = `whd_${randomBytes(8).toString('hex')}`;
    const lifetime = stopped.signal;
    deliveries.set(id, {
      id,
      accountId: message.accountId,
      jobId: message.jobId,
      receiver: originOf(message.url),
      status: 'pending',
      attempts: [],
    });
    const oldest = deliveries.keys().next().value;
    if (deliveries.size > KEPT_DELIVERIES && oldest !== undefined) deliveries.delete(oldest);

    async function attempt(number: number): Promise<void> {
      if (lifetime.aborted) return;
      const at = clock.now();
      const outcome = await post(
        { url: message.url, body: message.body, headers: message.headers?.(number, at) ?? {} },
        lifetime,
      ).then(
        (status) => ({ at, status }),
        (error: unknown) => ({ at, error: error instanceof Error ? error.message : 'no answer' }),
      );
      if (lifetime.aborted) return;
      const delivered = 'status' in outcome && outcome.status >= 200 && outcome.status < 300;
      const delay = message.retryDelaysMs[number - 1];
      const status = delivered ? 'delivered' : delay === undefined ? 'failed' : 'pending';
      const record = deliveries.get(id);
      if (record) deliveries.set(id, { ...record, status, attempts: [...record.attempts, outcome] });
      if (status === 'pending' && delay !== undefined) clock.after(delay, () => void attempt(number + 1));
      else message.onSettled?.(delivered);
    }

    void attempt(1);
  }

  return {
    send,
    deliveries: () => [...deliveries.values()],
    clear() {
      stopped.abort();
      stopped = new AbortController();
      deliveries.clear();
    },
  };
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : 'an unreadable URL';
}
