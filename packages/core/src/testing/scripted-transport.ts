import { type HttpRequest, type HttpResponse, type HttpTransport, TransportError } from '../ports/http-transport.ts';
import type { VirtualClock } from './virtual-clock.ts';

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON unless it is text. */
  readonly body?: unknown;
}

/** A fault of the wire instead of an answer. */
export interface Fault {
  readonly fault: 'refused' | 'reset' | 'timeout';
}

export type Handler = (request: HttpRequest, index: number) => Answer | Fault;

export interface ScriptedTransport {
  readonly transport: HttpTransport;
  readonly requests: (HttpRequest & { readonly at: number })[];
  /** The method and path of every request. */
  readonly log: () => readonly string[];
}

/** A transport whose answers a test decides. Every exchange takes `latencyMs` of virtual time, a timeout all of its own. */
export function createScriptedTransport(clock: VirtualClock, handler: Handler, latencyMs = 20): ScriptedTransport {
  const requests: (HttpRequest & { at: number })[] = [];
  return {
    requests,
    log: () => requests.map(({ method, url }) => `${method} ${url.replace(/^https?:\/\/[^/]+/, '')}`),
    async transport(request) {
      const index = requests.length;
      requests.push({ ...request, at: clock.now() });
      await pause(clock, latencyMs, request);
      const outcome = handler(request, index);
      if ('fault' in outcome) {
        if (outcome.fault === 'timeout') await pause(clock, request.timeoutMs, request);
        throw new TransportError(FAULTS[outcome.fault]);
      }
      return toResponse(outcome);
    },
  };
}

const FAULTS = {
  refused: { kind: 'connect', sent: 'not-sent', message: 'ECONNREFUSED' },
  reset: { kind: 'reset', sent: 'maybe-sent', message: 'ECONNRESET' },
  timeout: { kind: 'timeout', sent: 'maybe-sent', message: 'no answer' },
} as const;

async function pause(clock: VirtualClock, ms: number, { signal }: HttpRequest): Promise<void> {
  try {
    await clock.sleep(ms, signal);
  } catch (cause) {
    throw new TransportError({ kind: 'aborted', sent: 'maybe-sent', message: 'aborted', cause });
  }
}

/** An answer as a transport gives it. */
export function toResponse({ status = 200, headers = {}, body = '' }: Answer): HttpResponse {
  const isText = typeof body === 'string';
  return {
    status,
    headers: { 'content-type': isText ? 'text/html' : 'application/json', ...headers },
    body: isText ? body : JSON.stringify(body),
  };
}

/** The error envelope that both vendors document. */
export function errorAnswer(
  status: number,
  code: string,
  extra: object = {},
  headers: Record<string, string> = {},
): Answer {
  return { status, headers, body: { error: { code, message: `about ${code}`, ...extra } } };
}
