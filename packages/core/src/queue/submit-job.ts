import type { SubmitOptions } from '../contract/client.ts';
import type { JobSnapshot } from '../contract/job.ts';
import { TERMINAL_STATES } from '../contract/job.ts';
import type { RenderProvider, WireCall } from '../contract/provider.ts';
import { ERROR_CODES } from '../errors/codes.ts';
import { RenderError } from '../errors/render-error.ts';
import { type Account, type CallPlan, PRIORITY } from './account.ts';

/** Ten minutes. */
export const DEFAULT_QUEUE_MS = 600_000;
/** How long the slot of a submit with unknown outcome counts as taken: the job may be running. */
const UNKNOWN_HOLD_MS = 60_000;
const MAX_KEY_LENGTH = 255;
/** Spent keys that one submit walks past. More of them mean that the work itself never starts. */
const MAX_KEYS_WALKED = 5;

/**
 * Submits one job inside the account's limits: a slot first, then the rate gate, then the wire.
 * @throws {RenderError} INVALID_REQUEST before anything is sent; the provider's refusal; SUBMIT_OUTCOME_UNKNOWN.
 */
export async function submitJob(account: Account, request: unknown, options: SubmitOptions = {}): Promise<JobSnapshot> {
  const { provider, ports, slots } = account;
  const { maxQueueMs = DEFAULT_QUEUE_MS, signal, onQueued } = options;
  assertAcceptable(provider, request);
  const key = provider.idempotentSubmit ? checkedKey(options.idempotencyKey ?? makeKey(ports)) : undefined;
  const submit = provider.submit(request, key === undefined ? {} : { idempotencyKey: key });
  const until = ports.clock.now() + maxQueueMs;

  // Without any patience the provider is asked at once: it may know of a slot that we do not.
  const slot =
    maxQueueMs <= 0
      ? slots.take()
      : await slots.lease({ until, signal, onWait: () => onQueued?.({ reason: 'slot', attempts: 0 }) });
  let mayRun = false;
  let sent = submit;
  try {
    const plan: CallPlan = {
      priority: PRIORITY.submit,
      repeatability: key === undefined ? 'unkeyed' : 'keyed',
      isSubmit: true,
      until,
      signal,
      onSend: options.onSend,
      onQueued,
      onLost: () => {
        mayRun = true;
      },
    };
    const snapshot = await walkKeys(provider, submit, (call) => {
      sent = call;
      // A refusal of the key before told what became of it: that job never ran.
      mayRun = false;
      return account.call(call, plan, provider.readSubmitted);
    });
    if (TERMINAL_STATES.has(snapshot.state)) slot.release();
    else slot.bind(snapshot.id);
    slots.accepted();
    return account.observe(snapshot);
  } catch (error) {
    if (mayRun) slot.releaseAfter(UNKNOWN_HOLD_MS);
    else slot.release();
    throw mayRun ? withDoubt(error, sent.body) : error;
  }
}

/** Sends a submit, and again under the next key each time the provider says that the key is spent on a dead job. */
async function walkKeys(
  provider: RenderProvider,
  first: WireCall,
  send: (call: WireCall) => Promise<JobSnapshot>,
): Promise<JobSnapshot> {
  let call = first;
  for (let walked = 0; ; walked += 1) {
    try {
      return await send(call);
    } catch (error) {
      const next =
        walked < MAX_KEYS_WALKED && RenderError.isInstance(error)
          ? provider.resubmit?.(call, error, walked)
          : undefined;
      if (next === undefined) throw error;
      call = next;
    }
  }
}

function assertAcceptable(provider: RenderProvider, request: unknown): void {
  const issues = provider.check(request);
  const [first] = issues;
  if (first === undefined) return;
  throw new RenderError({
    code: 'INVALID_REQUEST',
    message: first.message,
    field: first.field,
    issues,
    provider: provider.id,
  });
}

/** What to do about a job that may exist. The caller is told the key: it is no secret, and it may have been made here. */
function withDoubt(error: unknown, body: unknown): unknown {
  if (!RenderError.isInstance(error)) return error;
  const key = typeof body === 'object' && body !== null && 'idempotencyKey' in body ? String(body.idempotencyKey) : '';
  return error.with({
    remedy:
      key === ''
        ? ERROR_CODES.SUBMIT_OUTCOME_UNKNOWN.remedy
        : `The job may exist. Submit again with the idempotency key "${key}": it never starts a second job.`,
  });
}

function checkedKey(key: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not get into a key
  if (typeof key === 'string' && key.length > 0 && key.length <= MAX_KEY_LENGTH && !/[\u0000-\u001f\u007f]/.test(key)) {
    return key;
  }
  throw new RenderError({
    code: 'INVALID_REQUEST',
    message: `The idempotency key must be text of 1 to ${MAX_KEY_LENGTH} characters without control characters.`,
    field: 'idempotencyKey',
  });
}

let keysMade = 0;

/** Unique in a process by its counter, and across processes by time and 96 random bits. */
function makeKey({ clock, random }: Account['ports']): string {
  keysMade += 1;
  const noise = Array.from({ length: 3 }, () => Math.floor(random() * 2 ** 32).toString(36)).join('');
  return `rq-${clock.now().toString(36)}-${keysMade.toString(36)}-${noise}`;
}
