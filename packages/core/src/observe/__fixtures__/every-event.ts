import type { AccountEvent, AccountEventType } from '../../contract/account-event.ts';
import { RenderError } from '../../errors/render-error.ts';

const at = Date.UTC(2026, 0, 1);

const failure = (code: 'RATE_LIMITED' | 'NETWORK' | 'UNAUTHENTICATED' | 'INSUFFICIENT_CREDITS') =>
  new RenderError({
    code,
    message: 'message-secret of the provider',
    provider: 'phantomflow',
    providerCode: 'THEIR_CODE',
    requestId: 'req-secret',
    jobId: 'job-secret',
    httpStatus: 429,
    retryAfterMs: 7_000,
  }).record;

/** One event of every type; the compiler asks for those that are missing. */
const ONE_OF_EACH: { readonly [Type in AccountEventType]: AccountEvent & { readonly type: Type } } = {
  request: {
    type: 'request',
    at,
    purpose: 'look',
    method: 'GET',
    durationMs: 40,
    httpStatus: 429,
    error: failure('RATE_LIMITED'),
  },
  'gate-closed': { type: 'gate-closed', at, reason: 'refused', until: at + 6_000 },
  'submit-queued': { type: 'submit-queued', at, owner: 'owner-secret', waiting: 3 },
  'slot-leased': { type: 'slot-leased', at, taken: 1, capacity: 5 },
  'slot-freed': { type: 'slot-freed', at, taken: 0, capacity: 5 },
  'slot-refused': { type: 'slot-refused', at, allowed: 2, nextAttemptAt: at + 1_500 },
  look: { type: 'look', at, by: 'list', jobs: 7, ended: 2 },
  'job-ended': { type: 'job-ended', at, jobId: 'job-secret', state: 'succeeded', ageMs: 61_000 },
  retry: { type: 'retry', at, purpose: 'submit', attempts: 1, nextAttemptAt: at + 500, error: failure('NETWORK') },
  'submit-in-doubt': { type: 'submit-in-doubt', at, error: failure('NETWORK') },
  'submit-settled': { type: 'submit-settled', at, outcome: 'found', jobId: 'job-secret' },
  'submits-paused': { type: 'submits-paused', at, until: at + 60_000, error: failure('INSUFFICIENT_CREDITS') },
  'account-stopped': { type: 'account-stopped', at, refused: 4, error: failure('UNAUTHENTICATED') },
  breaker: { type: 'breaker', at, state: 'open', until: at + 5_000 },
};

export const EVENTS: readonly AccountEvent[] = Object.values(ONE_OF_EACH);
