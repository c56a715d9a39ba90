import type { Operation, Provider } from './vendor.ts';

/** What a call must come to: a RenderError with this code or, without one, a result; after so many requests. */
export interface Outcome {
  readonly code?: string;
  readonly requests: readonly [least: number, most: number];
}

export type Expectation = (provider: Provider, operation: Operation) => Outcome;

/** Attempts of one call that may be repeated, as the README and the decision records promise. */
const ATTEMPTS = 4;
/** A submit under a key is tried longer: a repeat of it is never billed. A provider that is down is left alone before. */
const SUBMIT_ATTEMPTS = [5, 6] as const;

const result = (requests = 1): Outcome => ({ requests: [requests, requests] });
const fails = (code: string, requests = 1): Outcome => ({ code, requests: [requests, requests] });
const triedLonger = (code: string): Outcome => ({ code, requests: SUBMIT_ATTEMPTS });
/** A waiter sits trouble out until its own time is over. */
const OUTWAITED: Outcome = { code: 'WAIT_TIMEOUT', requests: [1, ATTEMPTS] };

/** PhantomFlow documents no cancellation, so nothing is sent. */
function expectation(read: Expectation): Expectation {
  return (provider, operation) =>
    provider === 'phantomflow' && operation === 'cancel' ? fails('PROVIDER_UNSUPPORTED', 0) : read(provider, operation);
}

const unlessKeyed = (provider: Provider, keyed: Outcome): Outcome =>
  provider === 'rendobar' ? keyed : fails('SUBMIT_OUTCOME_UNKNOWN', 1);

/** The answer is understood at once. */
export const WORKS = expectation(() => result());

/** Whatever is asked again fails again with this code; a submit without a key is in doubt after the first time. */
export const insists = (code: string) =>
  expectation((provider, operation) => {
    if (operation === 'submit') return unlessKeyed(provider, triedLonger(code));
    return operation === 'wait' ? OUTWAITED : fails(code, ATTEMPTS);
  });

/** No answer arrived, or none that is HTTP. */
export const LOST = insists('NETWORK');

/** A gateway's fault, not told in the vendor's envelope. */
export const GATEWAY = insists('PROVIDER_ERROR');

/** A success that is not this API's: there is no job in it. A cancellation may have worked, so the job is looked at. */
export const FOREIGN = expectation((provider, operation) => {
  if (operation === 'cancel') return fails('BAD_RESPONSE', 1 + ATTEMPTS);
  return insists('BAD_RESPONSE')(provider, operation);
});

/** Nothing was sent, which even a submit without a key may repeat. */
export const UNREACHED = expectation((_provider, operation) =>
  operation === 'wait' ? { ...OUTWAITED, requests: [0, 0] } : fails('NETWORK', 0),
);

/** The provider or something before it refused in a way that asking again does not change. */
export const refusedWith = (code: string) => expectation(() => fails(code));

/** The rate limit refused: nobody asks again before its time, a waiter goes on waiting. */
export const LIMITED = expectation((_provider, operation) =>
  operation === 'wait' ? OUTWAITED : fails('RATE_LIMITED'),
);

/** Another outcome for some operations. */
export function but(base: Expectation, others: Partial<Record<Operation, Outcome | Expectation>>): Expectation {
  return expectation((provider, operation) => {
    const other = others[operation];
    if (other === undefined) return base(provider, operation);
    return typeof other === 'function' ? other(provider, operation) : other;
  });
}

export { fails, result };
