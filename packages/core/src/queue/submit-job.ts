import type { SubmitOptions } from '../contract/client.ts';
import type { JobSnapshot } from '../contract/job.ts';
import { TERMINAL_STATES } from '../contract/job.ts';
import type { RenderProvider, WireCall } from '../contract/provider.ts';
import type { Settlement } from '../contract/recovery.ts';
import { ERROR_CODES } from '../errors/codes.ts';
import { RenderError } from '../errors/render-error.ts';
import { slotWaitMs } from '../retry/backoff.ts';
import { type DoubtfulAttempt, unsettled } from '../retry/repeat.ts';
import { wireFaultOf } from '../transport/network-error.ts';
import type { Account, CallPlan } from './account.ts';
import type { Slot } from './job-slots.ts';
import type { CountMark } from './request-count.ts';
import { type Doubt, settleSubmit } from './settle-submit.ts';
import type { QueuedSubmit } from './submit-desk.ts';

/** Ten minutes. */
export const DEFAULT_QUEUE_MS = 600_000;
/** How long the slot of a submit with unknown outcome counts as taken: the job may be running. */
const UNKNOWN_HOLD_MS = 60_000;
const MAX_KEY_LENGTH = 255;
/** Spent keys that one submit walks past. More of them mean that the work itself never starts. */
const MAX_KEYS_WALKED = 5;

/**
 * Submits one job inside the account's limits: a turn and a slot first, then the rate gate, then the wire.
 * @throws {RenderError} INVALID_REQUEST before anything is sent; the provider's refusal; SUBMIT_OUTCOME_UNKNOWN.
 */
export function submitJob(account: Account, request: unknown, options: SubmitOptions = {}): Promise<JobSnapshot> {
  const { provider, ports, desk } = account;
  const { maxQueueMs = DEFAULT_QUEUE_MS, priority = 0, owner = '', signal, onQueued, onSend, idempotencyKey } = options;
  assertAcceptable(provider, request);
  const given = provider.idempotentSubmit && idempotencyKey !== undefined ? checkedKey(idempotencyKey) : undefined;
  return new Promise<JobSnapshot>((resolve, reject) => {
    let key = given;
    const entry: QueuedSubmit = {
      priority,
      owner,
      until: ports.clock.now() + maxQueueMs,
      signal,
      onQueued,
      attempts: 0,
      refusals: 0,
      refusal: undefined,
      stopHearing: undefined,
      reject,
      start(slot) {
        // Made once, before the first attempt, and not before it is needed: many submits may wait.
        if (provider.idempotentSubmit) key ??= makeKey(ports);
        send(account, request, key, entry, slot, onSend)
          .then(resolve, (error: unknown) => {
            if (RenderError.isInstance(error) && error.code === 'QUEUE_FULL') holdLine(account, request, entry, error);
            if (RenderError.isInstance(error) && error.code === 'CONCURRENCY_LIMITED') {
              if (waitsForSlot(account, request, entry, error)) return true;
              reject(error.with({ attempts: entry.attempts }));
            } else reject(error);
            return false;
          })
          .then((isBack) => {
            desk.leave(entry);
            if (isBack === true) desk.enter(entry);
          });
      },
    };
    desk.enter(entry);
  });
}

/** Whether a submit that was refused for want of a slot goes back to the head of its line. */
function waitsForSlot(account: Account, request: unknown, entry: QueuedSubmit, error: RenderError): boolean {
  const { slots } = account;
  const { clock } = account.ports;
  entry.refusals += 1;
  entry.refusal = error;
  const nextAttemptAt = holdLine(account, request, entry, error);
  if (clock.now() >= entry.until) return false;
  return nextAttemptAt <= entry.until || slots.heldJobs().length > 0;
}

/** What one was refused for want of room, the next would be as well: the line waits until a job ends, or for a while. */
function holdLine(account: Account, request: unknown, { refusals }: QueuedSubmit, { record }: RenderError): number {
  const { slots, events, provider } = account;
  const { clock, random } = account.ports;
  const expectedMs = account.expectedSlotMs(provider.kindOf(request));
  const wait = slotWaitMs({ failures: Math.max(1, refusals), random, floorMs: record.retryAfterMs, expectedMs });
  const nextAttemptAt = clock.now() + wait;
  slots.refused(nextAttemptAt);
  events.emit({ type: 'slot-refused', allowed: slots.count().allowed, nextAttemptAt });
  return nextAttemptAt;
}

async function send(
  account: Account,
  request: unknown,
  key: string | undefined,
  entry: QueuedSubmit,
  slot: Slot,
  onSend: (() => void) | undefined,
): Promise<JobSnapshot> {
  const { provider, ports, slots, gate } = account;
  const submit = provider.submit(request, key === undefined ? {} : { idempotencyKey: key });
  let mayRun = false;
  let sent = submit;
  let sentAt = ports.clock.now();
  let mark: CountMark | undefined;
  const plan: CallPlan<JobSnapshot> = {
    purpose: 'submit',
    repeatability: key === undefined ? 'unkeyed' : 'keyed',
    until: entry.until,
    signal: entry.signal,
    onQueued: entry.onQueued,
    onSend() {
      entry.attempts += 1;
      sentAt = ports.clock.now();
      mark = gate.mark();
      onSend?.();
    },
    onLost() {
      mayRun = true;
    },
    async settle(doubt) {
      // One that was answered has been counted, whatever became of it.
      const isCounted = doubt.error.code !== 'NETWORK';
      const arrival = () => (isCounted ? 'arrived' : gate.arrival(mark));
      // Until it is settled the job may be running, also where the provider itself has spoken of a fault.
      mayRun = true;
      const job = await settle(account, doubt, { sentAt, arrival, signal: entry.signal });
      mayRun = false;
      return job;
    },
  };
  try {
    const snapshot = await walkKeys(provider, submit, (call) => {
      sent = call;
      // A refusal of the key before told what became of it: that job never ran.
      mayRun = false;
      return account.call(call, plan, provider.readSubmitted);
    });
    slots.accepted();
    if (TERMINAL_STATES.has(snapshot.state)) slot.release();
    else slot.bind(snapshot.id);
    account.accepted(snapshot, provider.kindOf(request), provider.announces(request));
    return account.observe(snapshot);
  } catch (error) {
    // Also one whose caller has left: its job must not be taken for that of the next submit in doubt.
    if (mayRun && key === undefined) account.settling.book.unsettled();
    if (mayRun) slot.releaseAfter(UNKNOWN_HOLD_MS);
    else slot.release();
    if (RenderError.isInstance(error)) account.refused(error);
    throw mayRun && !isOwnWord(error) ? withDoubt(error, sent.body) : error;
  }
}

/** @throws {RenderError} SUBMIT_OUTCOME_UNKNOWN, or the provider's own fault, where nobody can tell. */
async function settle(
  account: Account,
  { error, isDefinite, attempts }: DoubtfulAttempt,
  sent: Pick<Doubt, 'sentAt' | 'arrival' | 'signal'>,
): Promise<JobSnapshot | undefined> {
  account.events.emit({ type: 'submit-in-doubt', error: error.record });
  const release = account.holdForDoubt();
  const wasSilent = wireFaultOf(error.cause)?.kind === 'timeout' || error.record.httpStatus === 504;
  const doubt: Doubt = { ...sent, error, isDefinite, wasSilent, timeoutMs: account.timeoutMs() };
  let settlement: Settlement | undefined;
  try {
    settlement = await settleSubmit(account.settling, doubt);
  } finally {
    release();
    const outcome = settlement?.outcome ?? 'unknown';
    const jobId = settlement?.outcome === 'found' ? { jobId: settlement.job.id } : {};
    account.events.emit({ type: 'submit-settled', outcome, ...jobId });
    if (outcome === 'absent') account.settling.book.absent();
  }
  if (settlement.outcome === 'unknown') throw unsettled(error, isDefinite, attempts, settlement.why);
  return settlement.outcome === 'found' ? settlement.job : undefined;
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

/** A fault that the provider told of says itself what to do. */
function isOwnWord(error: unknown): boolean {
  return RenderError.isInstance(error) && error.code === 'PROVIDER_ERROR';
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
