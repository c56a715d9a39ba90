import type { RenderProvider, WireCall } from '../contract/provider.ts';
import { cancelledError } from '../errors/cancelled.ts';
import { keepSecret } from '../errors/known-secrets.ts';
import { RenderError } from '../errors/render-error.ts';
import type { HttpResponse, HttpTransport, SendState } from '../ports/http-transport.ts';
import { withoutKeyIn } from './key-guard.ts';
import { networkError, wireFaultOf } from './network-error.ts';

/** Where and as whom the calls of one account go. */
export interface Endpoint {
  readonly provider: RenderProvider;
  /** Without a trailing slash. */
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly transport: HttpTransport;
  readonly timeoutMs: number;
}

/**
 * Sends one authenticated call and gives the answer, whatever its status.
 * @throws {RenderError} NETWORK on faults of the wire, CANCELLED when the signal aborts, INVALID_REQUEST with field
 * `request` when the body cannot be written as JSON.
 */
export async function exchange(endpoint: Endpoint, call: WireCall, signal?: AbortSignal): Promise<HttpResponse> {
  const body = call.body === undefined ? undefined : toJson(call.body);
  keepSecret(endpoint.apiKey);
  try {
    const response = await endpoint.transport({
      method: call.method,
      url: `${endpoint.baseUrl}${call.path}`,
      headers: {
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...call.headers,
        ...endpoint.provider.authHeaders(endpoint.apiKey),
      },
      ...(body !== undefined && { body }),
      timeoutMs: endpoint.timeoutMs,
      ...(signal !== undefined && { signal }),
    });
    // A server or proxy may echo the request's headers in its complaint.
    return response.status < 300 ? response : withoutKeyIn(response, endpoint.apiKey);
  } catch (error) {
    const failure = signal?.aborted
      ? cancelledError(signal)
      : networkError(error, { ...endpoint, url: endpoint.baseUrl });
    throw failure;
  }
}

/**
 * Whether the request behind an error may have reached the provider. Anything but a proof that it did not counts as
 * "maybe": a repeat could render, and bill, twice.
 */
export function sendStateOf(error: RenderError): SendState {
  return wireFaultOf(error.cause)?.sent === 'not-sent' ? 'not-sent' : 'maybe-sent';
}

function toJson(body: unknown): string {
  try {
    const text = JSON.stringify(body);
    if (typeof text === 'string') return text;
  } catch {
    // Cycles and big integers end here; the error below says what to do.
  }
  throw new RenderError({
    code: 'INVALID_REQUEST',
    message: 'The request cannot be written as JSON.',
    field: 'request',
    remedy: 'Pass plain data: no cycles, no big integers, no functions.',
  });
}
