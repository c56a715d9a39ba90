import { randomBytes } from 'node:crypto';
import type { SandboxClock } from './clock.ts';
import type { WebhookFaultKind } from './fault-rule.ts';
import { SANDBOX_HEADER } from './mark.ts';

export interface WebhookPost {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends one POST and resolves to the status; rejects when no answer came. */
export type PostWebhook = (post: WebhookPost, signal: AbortSignal) => Promise<number>;

/** A body and the headers of one attempt, counted from 1, at a Unix time in milliseconds. */
export interface WebhookContent {
  readonly body: string;
  readonly headers?: (attempt: number, now: number) => Readonly<Record<string, string>>;
}

export interface WebhookMessage extends WebhookContent {
  readonly accountId: string;
  readonly jobId: string;
  readonly event: string;
  readonly url: string;
  /** Milliseconds before each repeat: its length is the number of repeats. */
  readonly retryDelaysMs: readonly number[];
  readonly onSettled?: (delivered: boolean) => void;
}

export interface SendOptions {
  /** Shown in the record. */
  readonly fault?: WebhookFaultKind | undefined;
  /** Milliseconds before the first attempt. */
  readonly delayMs?: number;
  /** One more attempt after the one that was answered 2xx. */
  readonly isDoubled?: boolean;
}

export interface WebhookDelivery {
  readonly id: string;
  readonly accountId: string;
  readonly jobId: string;
  readonly event: string;
  /** Scheme and host only: the rest of a receiver's URL may be its secret. */
  readonly receiver: string;
  readonly status: 'pending' | 'delivered' | 'failed' | 'dropped';
  readonly attempts: readonly { readonly at: number; readonly status?: number; readonly error?: string }[];
  /** What a fault rule did to it. */
  readonly fault?: WebhookFaultKind;
}

export interface WebhookSender {
  /** Resolves after the first attempt, whatever came of it. */
  send(message: WebhookMessage, options?: SendOptions): Promise<void>;
  /** Keeps a record of a message that is not sent. */
  drop(message: WebhookMessage): void;
  /** Sends a delivery once more, with its old body. False when there is none of that id. */
  replay(deliveryId: string): boolean;
  /** Newest last. */
  deliveries(): readonly WebhookDelivery[];
  /** Stops every attempt of one account, or all, and forgets the deliveries. */
  clear(accountId?: string): void;
}

interface Entry {
  readonly message: WebhookMessage;
  readonly stop: AbortController;
  record: WebhookDelivery;
}

const KEPT_DELIVERIES = 500;

/** Delivers at least once: a receiver that answers 2xx too late hears again. */
export function createWebhookSender(clock: SandboxClock, post: PostWebhook): WebhookSender {
  const entries = new Map<string, Entry>();

  function open(message: WebhookMessage, status: WebhookDelivery['status'], fault?: WebhookFaultKind): Entry {
    const { accountId, jobId, event, url } = message;
    const id = `whd_${randomBytes(8).toString('hex')}`;
    const record = { id, accountId, jobId, event, receiver: originOf(url), status, attempts: [] };
    const entry = { message, stop: new AbortController(), record: fault ? { ...record, fault } : record };
    entries.set(id, entry);
    const oldest = entries.keys().next().value;
    if (entries.size > KEPT_DELIVERIES && oldest !== undefined) entries.delete(oldest);
    return entry;
  }

  /** One POST; its outcome goes into the record. Resolves to whether the receiver took it. */
  async function attempt(entry: Entry, number: number): Promise<boolean> {
    const { url, body, headers } = entry.message;
    const at = clock.now();
    const marked = { ...headers?.(number, at), [SANDBOX_HEADER]: '1' };
    const outcome = await post({ url, body, headers: marked }, entry.stop.signal).then(
      (status) => ({ at, status }),
      (error: unknown) => ({ at, error: error instanceof Error ? error.message : 'no answer' }),
    );
    if (!entry.stop.signal.aborted) {
      entry.record = { ...entry.record, attempts: [...entry.record.attempts, outcome] };
    }
    return 'status' in outcome && outcome.status >= 200 && outcome.status < 300;
  }

  async function deliver(entry: Entry, number: number, isDoubled: boolean): Promise<void> {
    if (entry.stop.signal.aborted) return;
    const delivered = await attempt(entry, number);
    if (entry.stop.signal.aborted) return;
    const delay = entry.message.retryDelaysMs[number - 1];
    const status = delivered ? 'delivered' : delay === undefined ? 'failed' : 'pending';
    entry.record = { ...entry.record, status };
    if (status === 'pending' && delay !== undefined) {
      clock.after(delay, () => void deliver(entry, number + 1, isDoubled));
      return;
    }
    entry.message.onSettled?.(delivered);
    if (delivered && isDoubled) await attempt(entry, number);
  }

  return {
    send(message, { fault, delayMs = 0, isDoubled = false } = {}) {
      const entry = open(message, 'pending', fault);
      if (delayMs <= 0) return deliver(entry, 1, isDoubled);
      return new Promise((done) => {
        clock.after(delayMs, () => void deliver(entry, 1, isDoubled).then(done));
      });
    },
    drop(message) {
      open(message, 'dropped', 'drop');
    },
    replay(deliveryId) {
      const entry = entries.get(deliveryId);
      if (entry) void attempt(entry, entry.record.attempts.length + 1);
      return entry !== undefined;
    },
    deliveries: () => [...entries.values()].map(({ record }) => record),
    clear(accountId) {
      for (const [id, { stop, record }] of entries) {
        if (accountId !== undefined && record.accountId !== accountId) continue;
        stop.abort();
        entries.delete(id);
      }
    },
  };
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : 'an unreadable URL';
}
