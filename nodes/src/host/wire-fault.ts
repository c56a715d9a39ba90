import { TransportError, type TransportFault } from '@renderq/core';

/** Node's codes that prove that no byte of a request left: there was no connection to send it on. */
const NOT_SENT = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'ERR_INVALID_URL',
]);
/** Certificate and handshake faults come before the request. */
const TLS = /^(?:ERR_TLS_|ERR_SSL_|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_)|^EPROTO$|^HOSTNAME_MISMATCH$/;
const TIMEOUTS = new Set(['ETIMEDOUT', 'ESOCKETTIMEDOUT']);
const RESETS = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ERR_STREAM_PREMATURE_CLOSE']);
/** n8n's guard against inner addresses, which refuses before a connection is made. */
const GUARD = /^Ssrf[A-Z]/;
/** NodeApiError, axios and Node wrap one another, never deeper than this. */
const DEEPEST = 6;

/** Why a request was given up by its own side. */
export type GivenUp = 'aborted' | 'timeout' | undefined;

/**
 * What a rejection of n8n's HTTP helper means: of which kind it is, and whether the request may have been heard. Only its
 * code is told: the error itself holds the request, with its key.
 */
export function wireFault(error: unknown, givenUp: GivenUp, timeoutMs: number): TransportError {
  if (error instanceof TransportError) return error;
  if (givenUp === 'aborted') return fault('aborted', 'maybe-sent', 'the caller went away');
  if (givenUp === 'timeout') return fault('timeout', 'maybe-sent', `no answer within ${timeoutMs} ms`);
  const chain = causesOf(error);
  if (chain.some(({ name }) => GUARD.test(name))) {
    return fault('connect', 'not-sent', "n8n's protection against requests to inner addresses refused the address");
  }
  const code = chain.map(codeOf).find((found) => found !== '') ?? '';
  if (NOT_SENT.has(code) || TLS.test(code)) return fault('connect', 'not-sent', code);
  if (TIMEOUTS.has(code)) return fault('timeout', 'maybe-sent', code);
  return fault(RESETS.has(code) ? 'reset' : 'other', 'maybe-sent', code === '' ? 'the request failed' : code);
}

function fault(kind: TransportFault['kind'], sent: TransportFault['sent'], message: string): TransportError {
  return new TransportError({ kind, sent, message });
}

interface Cause {
  readonly name: string;
  readonly error: object;
}

function causesOf(error: unknown): readonly Cause[] {
  const chain: Cause[] = [];
  let current = error;
  while (typeof current === 'object' && current !== null && chain.length < DEEPEST) {
    chain.push({ name: current.constructor?.name ?? '', error: current });
    current = 'cause' in current ? current.cause : undefined;
  }
  return chain;
}

/** axios says `code`, n8n's NodeApiError `httpCode`; with several addresses, Node wraps the faults of all of them. */
function codeOf({ error }: Cause): string {
  if (error instanceof AggregateError) {
    const codes = error.errors.flatMap((each) => causesOf(each).map(codeOf));
    return codes.find((code) => code !== '' && !NOT_SENT.has(code)) ?? codes.find((code) => code !== '') ?? '';
  }
  const { code, httpCode } = error as { readonly code?: unknown; readonly httpCode?: unknown };
  return (
    ([code, httpCode].find((value) => typeof value === 'string' && /^[A-Z][A-Z0-9_]+$/.test(value)) as string) ?? ''
  );
}
