import type { HttpResponse } from './http-transport.ts';

/** One upload of known length. Headers are lower case; `content-length` is set from `length`. */
export interface UploadRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Uint8Array>;
  /** Bytes that `body` gives. */
  readonly length: number;
  /** Milliseconds without a byte moving after which the transfer has failed. */
  readonly idleTimeoutMs: number;
  readonly signal?: AbortSignal;
}

/** One download. Headers are lower case. */
export interface DownloadRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds without a byte moving after which the transfer has failed. */
  readonly idleTimeoutMs: number;
  readonly signal?: AbortSignal;
}

/**
 * The head of a download, whatever its status, and its bytes as they come. A host that unpacks compressed bytes leaves out
 * `content-encoding` and `content-length`: they are held against the bytes.
 */
export interface DownloadAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** To be read once, to the end or left early; either closes the connection. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Ends a download whose bytes are not wanted. */
  discard(): void;
}

/**
 * Moves files that are too large for memory. Follows no redirect, never retries, and rejects with a TransportError on
 * faults of the wire only; so does the body of a download.
 */
export interface Transfer {
  /** PUTs the body and gives the answer. */
  upload(request: UploadRequest): Promise<HttpResponse>;
  download(request: DownloadRequest): Promise<DownloadAnswer>;
}
