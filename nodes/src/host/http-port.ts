import type { IHttpRequestOptions } from 'n8n-workflow';

/**
 * n8n's plain HTTP helper, which heeds the instance's proxy and its guard against inner addresses. Not the one "with
 * authentication": that one ties every call to the execution's own end, while the account's queue is shared by all
 * executions of the process, and one that is stopped must not break the calls of another.
 */
export type HostRequest = (options: IHttpRequestOptions) => Promise<unknown>;

/** An answer as the helper gives it for a stream: whatever its status. */
export interface HostAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: HostStream;
}

/** What is needed of a Node stream of bytes. */
export interface HostStream extends AsyncIterable<Uint8Array> {
  destroy(error?: Error): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** Of every request: the bare answer as a stream, whatever its status, from the host that was asked and no other. */
const BARE = {
  encoding: 'stream',
  returnFullResponse: true,
  ignoreHttpStatusErrors: true,
  disableFollowRedirect: true,
} as const satisfies Partial<IHttpRequestOptions>;

/** Sends one request. @throws what the helper throws, and TypeError when it gives no answer of the agreed shape. */
export async function askHost(
  request: HostRequest,
  options: Pick<IHttpRequestOptions, 'method' | 'url' | 'headers' | 'body' | 'abortSignal'>,
): Promise<HostAnswer> {
  const answer = await request({ ...options, headers: { ...options.headers, 'accept-encoding': 'identity' }, ...BARE });
  if (!isAnswer(answer)) throw new TypeError('The HTTP helper gave no answer.');
  // A connection may break while nobody reads: whoever reads next is told, and the process must not end.
  answer.body.on('error', ignore);
  return { status: answer.statusCode, headers: plainHeaders(answer.headers), body: answer.body };
}

interface RawAnswer {
  readonly statusCode: number;
  readonly headers: object;
  readonly body: HostStream;
}

function isAnswer(value: unknown): value is RawAnswer {
  if (typeof value !== 'object' || value === null) return false;
  const { statusCode, headers, body } = value as Partial<Record<keyof RawAnswer, unknown>>;
  const isStream = typeof body === 'object' && body !== null && Symbol.asyncIterator in body && 'destroy' in body;
  return typeof statusCode === 'number' && typeof headers === 'object' && headers !== null && isStream;
}

/** axios gives an object of its own; repeated headers are arrays. */
function plainHeaders(headers: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([, value]) => ['string', 'number'].includes(typeof value) || Array.isArray(value))
      .map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}

function ignore(): void {}
