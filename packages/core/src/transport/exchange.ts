import type { RenderProvider, WireCall } from '../contract/provider.ts';
import { cancelledError } from '../errors/cancelled.ts';
import { cleanText, withoutSecret } from '../errors/redact.ts';
import { RenderError } from '../errors/render-error.ts';
import type { HttpResponse, HttpTransport, SendState, TransportFault } from '../ports/http-transport.ts';

/** Where and as whom the calls of one account go. */
export interface Endpoint {
  readonly provider: RenderProvider;
  /** Without a trailing slash. */
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly transport: HttpTransport;
  readonly timeoutMs: number;
}

const KINDS: Readonly<Record<TransportFault['kind'], string>> = {
  connect: 'could not be reached',
  timeout: 'did not answer in time',
  reset: 'closed the connection before it answered',
  aborted: 'was not waited for any longer',
  'too-large': 'answered with more than can be read',
  other: 'could not be talked to',
};

/**
 * Sends one authenticated call and gives the answer, whatever its status.
 * @throws {RenderError} NETWORK on faults of the wire, CANCELLED when the signal aborts, INVALID_REQUEST with field
 * `request` when the body cannot be written as JSON.
 */
export async function exchange(endpoint: Endpoint, call: WireCall, signal?: AbortSignal): Promise<HttpResponse> {
  const body = call.body === undefined ? undefined : toJson(call.body);
  try {
    const response = await endpoint.transport({
      method: call.method,
      url: `${endpoint.baseUrl}${call.path}`,
      headers: {
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...endpoint.provider.authHeaders(endpoint.apiKey),
      },
      ...(body !== undefined && { body }),
      timeoutMs: endpoint.timeoutMs,
      ...(signal !== undefined && { signal }),
    });
    // A server or proxy may echo the request's headers in its complaint.
    return response.status < 300 ? response : { ...response, body: withoutSecret(response.body, endpoint.apiKey) };
  } catch (error) {
    const failure = signal?.aborted ? cancelledError(signal) : networkError(endpoint, error);
    throw failure;
  }
}

/**
 * Whether the request behind an error may have reached the provider. Anything but a proof that it did not counts as
 * "maybe": a repeat could render, and bill, twice.
 */
export function sendStateOf(error: RenderError): SendState {
  return faultOf(error.cause)?.sent === 'not-sent' ? 'not-sent' : 'maybe-sent';
}

/** By shape, not by class: a bundled host throws its own copy of TransportError. */
function faultOf(error: unknown): Partial<TransportFault> | undefined {
  const fault = typeof error === 'object' && error !== null && 'fault' in error ? error.fault : undefined;
  return typeof fault === 'object' && fault !== null ? fault : undefined;
}

function networkError({ provider, baseUrl, apiKey }: Endpoint, error: unknown): RenderError {
  const fault = faultOf(error);
  const kind = KINDS[fault?.kind ?? 'other'] ?? KINDS.other;
  const detail = cleanText(withoutSecret(error instanceof Error ? error.message : '', apiKey), 200);
  return new RenderError({
    code: 'NETWORK',
    message: `${provider.displayName} at ${new URL(baseUrl).host} ${kind}${detail === '' ? '.' : `: ${detail}`}`,
    provider: provider.id,
    cause: error,
  });
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
