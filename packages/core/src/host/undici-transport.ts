import { Agent, type Dispatcher, request } from 'undici';
import { options as optionsOf } from '../arguments/check-argument.ts';
import { OBJECT } from '../arguments/rule.ts';
import { type HttpRequest, type HttpResponse, type HttpTransport, TransportError } from '../ports/http-transport.ts';
import { orAborted } from './or-aborted.ts';
import { faultOf } from './undici-fault.ts';
import { plainHeaders } from './undici-headers.ts';

const MAX_BODY_BYTES = 8 * 1024 * 1024;
const CONNECT_TIMEOUT_MS = 10_000;

export interface UndiciTransportOptions {
  /** Default: agents of its own. */
  readonly dispatcher?: Dispatcher | undefined;
}

/**
 * HTTP over undici: one request, no redirect, no repeat, an answer of at most 8 MiB.
 * Compressed answers are not asked for, so no small body can unfold into a huge one.
 * @throws {RenderError} INVALID_REQUEST with field `options` or `dispatcher`.
 */
export function createUndiciTransport(options: UndiciTransportOptions = {}): HttpTransport {
  optionsOf({ dispatcher: OBJECT })(options);
  const { dispatcher } = options;
  const reused = dispatcher ?? makeAgent(1);
  // A kept connection may be closed by the other side just as it is used again, and nobody can tell whether the request
  // was heard. A look is repeated then; a submit would be in doubt, so each gets a connection of its own.
  const fresh = dispatcher ?? makeAgent(0);
  return async (outgoing) => {
    const timeout = AbortSignal.timeout(Math.max(1, Math.min(outgoing.timeoutMs, 2 ** 31 - 1)));
    const signal = outgoing.signal === undefined ? timeout : AbortSignal.any([outgoing.signal, timeout]);
    // TLS can break after the request as well as before it, with the same codes. That undici never began to write is proof.
    let wasStarted = false;
    const watched = (outgoing.method === 'GET' ? reused : fresh).compose((dispatch) => (options, handler) => {
      const start = handler.onRequestStart?.bind(handler);
      handler.onRequestStart = (controller, context) => {
        wasStarted = true;
        start?.(controller, context);
      };
      return dispatch(options, handler);
    });
    try {
      return await orAborted(send(outgoing, signal, watched), signal);
    } catch (error) {
      throw error instanceof TransportError
        ? error
        : new TransportError(
            faultOf(
              error,
              { callerWentAway: outgoing.signal?.aborted === true, isTimeout: timeout.aborted, wasStarted },
              outgoing.timeoutMs,
            ),
          );
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
  return {
    status: answer.statusCode,
    headers: plainHeaders(answer.headers),
    body: Buffer.concat(chunks).toString('utf8'),
  };
}
