import { Agent, type Dispatcher, errors, request } from 'undici';
import {
  type HttpRequest,
  type HttpResponse,
  type HttpTransport,
  TransportError,
  type TransportFault,
} from '../ports/http-transport.ts';

const MAX_BODY_BYTES = 8 * 1024 * 1024;
const CONNECT_TIMEOUT_MS = 10_000;

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

export interface UndiciTransportOptions {
  /** Default: agents of its own. */
  readonly dispatcher?: Dispatcher;
}

/**
 * HTTP over undici: one request, no redirect, no repeat, an answer of at most 8 MiB.
 * Compressed answers are not asked for, so no small body can unfold into a huge one.
 */
export function createUndiciTransport({ dispatcher }: UndiciTransportOptions = {}): HttpTransport {
  const reused = dispatcher ?? makeAgent(1);
  // A kept connection may be closed by the other side just as it is used again, and nobody can tell whether the request
  // was heard. A look is repeated then; a submit would be in doubt, so each gets a connection of its own.
  const fresh = dispatcher ?? makeAgent(0);
  return async (outgoing) => {
    const timeout = AbortSignal.timeout(Math.max(1, Math.min(outgoing.timeoutMs, 2 ** 31 - 1)));
    const signal = outgoing.signal === undefined ? timeout : AbortSignal.any([outgoing.signal, timeout]);
    try {
      return await send(outgoing, signal, outgoing.method === 'GET' ? reused : fresh);
    } catch (error) {
      throw error instanceof TransportError ? error : new TransportError(faultOf(error, outgoing, timeout));
    }
  };
}

/** @param pipelining 0 keeps no connection, 1 keeps it for the next request. */
function makeAgent(pipelining: 0 | 1): Agent {
  return new Agent({
    connect: { timeout: CONNECT_TIMEOUT_MS },
    keepAliveTimeout: 4_000,
    maxHeaderSize: 65_536,
    pipelining,
  });
}

async function send(outgoing: HttpRequest, signal: AbortSignal, dispatcher: Dispatcher): Promise<HttpResponse> {
  const answer = await request(outgoing.url, {
    dispatcher,
    method: outgoing.method,
    headers: { 'accept-encoding': 'identity', 'user-agent': 'renderq', ...outgoing.headers },
    body: outgoing.body ?? null,
    signal,
    // The whole answer has one deadline, which the signal keeps.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) {
      answer.body.destroy();
      throw new TransportError({ kind: 'too-large', sent: 'maybe-sent', message: 'the answer is larger than 8 MiB' });
    }
    chunks.push(chunk);
  }
  const headers = Object.fromEntries(
    Object.entries(answer.headers).map(([name, value]) => [
      name.toLowerCase(),
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
  return { status: answer.statusCode, headers, body: Buffer.concat(chunks).toString('utf8') };
}

function faultOf(error: unknown, outgoing: HttpRequest, timeout: AbortSignal): TransportFault {
  const code = codeOf(error);
  const sent = NOT_SENT.has(code) || TLS.test(code) || endedBeforeTls(error) ? 'not-sent' : 'maybe-sent';
  // Only the code is told: messages of the network stack may hold addresses and headers.
  const fault = { sent, message: code === '' ? 'the request failed' : code, cause: error } as const;
  if (outgoing.signal?.aborted) return { ...fault, kind: 'aborted', message: 'the caller went away' };
  if (sent === 'not-sent') return { ...fault, kind: 'connect' };
  if (timeout.aborted || TIMEOUTS.has(code))
    return { ...fault, kind: 'timeout', message: `no answer within ${outgoing.timeoutMs} ms` };
  return { ...fault, kind: RESETS.has(code) || error instanceof errors.SocketError ? 'reset' : 'other' };
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
