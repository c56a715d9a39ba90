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
  const reused = watching(dispatcher ?? makeAgent(1));
  // A kept connection may be closed by the other side just as it is used again, and nobody can tell whether the request
  // was heard. A look is repeated then; a submit would be in doubt, so each gets a connection of its own.
  const fresh = watching(dispatcher ?? makeAgent(0));
  return async (outgoing) => {
    const deadline = startDeadline(outgoing);
    const progress: Progress = { wasStarted: false };
    try {
      const sending = send(outgoing, deadline.signal, outgoing.method === 'GET' ? reused : fresh, progress);
      return await orAborted(sending, deadline.signal);
    } catch (error) {
      if (error instanceof TransportError) throw error;
      const facts = { callerWentAway: outgoing.signal?.aborted === true, isTimeout: deadline.isOver(), ...progress };
      throw new TransportError(faultOf(error, facts, outgoing.timeoutMs));
    } finally {
      deadline.stop();
    }
  };
}

/** How far a request has come. TLS can break after it as well as before, with the same codes: that undici never began to write is proof. */
interface Progress {
  wasStarted: boolean;
}

/** A dispatcher that notes in a request's own options when undici begins to write it. */
function watching(dispatcher: Dispatcher): Dispatcher {
  return dispatcher.compose((dispatch) => (options, handler) => {
    const progress = PROGRESS_OF in options ? (options[PROGRESS_OF] as Progress) : undefined;
    if (progress === undefined) return dispatch(options, handler);
    const start = handler.onRequestStart?.bind(handler);
    handler.onRequestStart = (controller, context) => {
      progress.wasStarted = true;
      start?.(controller, context);
    };
    return dispatch(options, handler);
  });
}

const PROGRESS_OF = 'renderqProgress';

interface Deadline {
  readonly signal: AbortSignal;
  readonly isOver: () => boolean;
  readonly stop: () => void;
}

/** Ends with the attempt's time or with its caller, whichever comes first; cheaper than composed signals. */
function startDeadline({ timeoutMs, signal }: HttpRequest): Deadline {
  const over = new AbortController();
  let isOver = false;
  const timer = setTimeout(
    () => {
      isOver = true;
      over.abort(new DOMException('The attempt took too long.', 'TimeoutError'));
    },
    Math.max(1, Math.min(timeoutMs, 2 ** 31 - 1)),
  ).unref();
  const onAbort = () => over.abort(signal?.reason);
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  return {
    signal: over.signal,
    isOver: () => isOver,
    stop() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    },
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

async function send(
  outgoing: HttpRequest,
  signal: AbortSignal,
  dispatcher: Dispatcher,
  progress: Progress,
): Promise<HttpResponse> {
  const options = {
    dispatcher,
    [PROGRESS_OF]: progress,
    method: outgoing.method,
    headers: { 'accept-encoding': 'identity', 'user-agent': 'renderq', ...outgoing.headers },
    body: outgoing.body ?? null,
    signal,
    // The whole answer has one deadline, which the signal keeps.
    headersTimeout: 0,
    bodyTimeout: 0,
  };
  const answer = await request(outgoing.url, options);
  return {
    status: answer.statusCode,
    headers: plainHeaders(answer.headers),
    body: await readText(answer),
  };
}

/** @throws {TransportError} too-large. */
async function readText({ body, headers }: Dispatcher.ResponseData): Promise<string> {
  // The parser holds a body to the length that its header tells: a known length needs no counting.
  const length = Number(headers['content-length'] ?? Number.NaN);
  if (length <= MAX_BODY_BYTES) return body.text();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) {
      body.destroy();
      throw new TransportError({ kind: 'too-large', sent: 'maybe-sent', message: 'the answer is larger than 8 MiB' });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
