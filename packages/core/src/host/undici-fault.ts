import { errors } from 'undici';
import type { TransportFault } from '../ports/http-transport.ts';

/** Node's error codes that prove that no byte of the request left: there was no connection to send it on. */
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
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_INVALID_ARG',
]);
const TIMEOUTS = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT']);
const RESETS = new Set([
  'ECONNRESET',
  'EPIPE',
  'ECONNABORTED',
  'UND_ERR_SOCKET',
  'UND_ERR_CLOSED',
  'UND_ERR_DESTROYED',
]);
/** Certificate and handshake faults, which come before the request. */
const TLS = /^(ERR_TLS_|ERR_SSL_|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|UND_ERR_PRX_TLS)|^EPROTO$|^HOSTNAME_MISMATCH$/;

export interface FaultSetting {
  readonly callerWentAway: boolean;
  /** Whether our own deadline has passed. */
  readonly isTimeout: boolean;
  /** Whether undici began to write the request, where that was observed: a proof, while the codes are only a likelihood. */
  readonly wasStarted?: boolean;
}

/** What a rejection of undici means: of which kind it is, and whether the request may have been heard. */
export function faultOf(
  error: unknown,
  { callerWentAway, isTimeout, wasStarted = !provesNotSent(error) }: FaultSetting,
  timeoutMs: number,
): TransportFault {
  const code = codeOf(error);
  const sent = wasStarted ? 'maybe-sent' : 'not-sent';
  // Only the code is told: what the network stack throws may hold addresses, headers, or the bytes that it choked on.
  const fault = { sent, message: code === '' ? 'the request failed' : code } as const;
  if (callerWentAway) return { ...fault, kind: 'aborted', message: 'the caller went away' };
  if (isTimeout || TIMEOUTS.has(code))
    return { ...fault, kind: 'timeout', message: `no answer within ${timeoutMs} ms` };
  if (sent === 'not-sent') return { ...fault, kind: 'connect' };
  return { ...fault, kind: RESETS.has(code) || error instanceof errors.SocketError ? 'reset' : 'other' };
}

function provesNotSent(error: unknown): boolean {
  const code = codeOf(error);
  return NOT_SENT.has(code) || TLS.test(code) || endedBeforeTls(error);
}

/** Node gives this reset no code of its own. */
function endedBeforeTls(error: unknown): boolean {
  return error instanceof Error && error.message.includes('before secure TLS connection was established');
}

/** The code of the innermost cause that has one: with several addresses, Node wraps the faults of all of them. */
function codeOf(error: unknown): string {
  if (error instanceof AggregateError) {
    const codes = error.errors.map(codeOf);
    return codes.every((code) => NOT_SENT.has(code))
      ? (codes[0] ?? '')
      : (codes.find((code) => !NOT_SENT.has(code)) ?? '');
  }
  const { code, cause } = (typeof error === 'object' && error !== null ? error : {}) as {
    code?: unknown;
    cause?: unknown;
  };
  if (typeof code === 'string') return code;
  return cause === undefined || cause === error ? '' : codeOf(cause);
}
