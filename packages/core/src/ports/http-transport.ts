/** One HTTP request. Headers are lower case. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Milliseconds until the whole answer must have arrived. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** The answer, whatever its status. Header names are lower case. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Whether the request may have reached the server:
 * `not-sent` is a proof that nothing ran (name not found, connection refused, TLS failed before the request).
 */
export type SendState = 'not-sent' | 'maybe-sent';

/** What a transport rejects with when no usable answer arrived. */
export interface TransportFault {
  readonly kind: 'connect' | 'timeout' | 'reset' | 'aborted' | 'too-large' | 'other';
  readonly sent: SendState;
  readonly message: string;
  readonly cause?: unknown;
}

/**
 * Sends one request, follows no redirect, never retries.
 * Rejects with a {@link TransportError} on faults of the wire only; every status is an answer.
 */
export type HttpTransport = (request: HttpRequest) => Promise<HttpResponse>;

/** A fault of the wire. Hosts throw it; core turns it into a typed RenderError. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly fault: TransportFault;
  constructor(fault: TransportFault) {
    super(fault.message, fault.cause === undefined ? undefined : { cause: fault.cause });
    this.fault = fault;
  }
}
