import { Readable } from 'node:stream';
import { Agent, type Dispatcher, request } from 'undici';
import { TransportError } from '../ports/http-transport.ts';
import type { Transfer } from '../ports/transfer.ts';
import { orAborted } from './or-aborted.ts';
import { faultOf } from './undici-fault.ts';
import { plainHeaders } from './undici-headers.ts';

const CONNECT_TIMEOUT_MS = 10_000;
/** What a storage says to an upload is a line or two. */
const MAX_ANSWER_BYTES = 256 * 1024;

export interface UndiciTransferOptions {
  /** Default: an agent of its own. */
  readonly dispatcher?: Dispatcher | undefined;
}

interface Moving {
  readonly idleTimeoutMs: number;
  readonly signal?: AbortSignal;
}

/** File transfer over undici: bytes are pulled as the other side takes them, so memory stays flat. */
export function createUndiciTransfer({ dispatcher = makeAgent() }: UndiciTransferOptions = {}): Transfer {
  const send = (
    url: string,
    moving: Moving,
    options: Pick<Dispatcher.RequestOptions, 'method' | 'headers' | 'body'>,
  ) => {
    const answer = request(url, {
      ...options,
      dispatcher,
      signal: moving.signal ?? null,
      // undici counts these from the last byte that moved, and not while the reader itself pauses.
      headersTimeout: moving.idleTimeoutMs,
      bodyTimeout: moving.idleTimeoutMs,
    });
    return moving.signal === undefined ? answer : orAborted(answer, moving.signal);
  };
  return {
    async upload({ url, headers, body, length, ...moving }) {
      let sourceError: unknown;
      const source = Readable.from(
        noting(body, (error) => {
          sourceError = error;
        }),
        { objectMode: false },
      );
      try {
        const answer = await send(url, moving, {
          method: 'PUT',
          headers: { 'user-agent': 'renderq', ...headers, 'content-length': String(length) },
          body: length === 0 ? null : source,
        });
        return {
          status: answer.statusCode,
          headers: plainHeaders(answer.headers),
          body: await readText(answer.body),
        };
      } catch (error) {
        // A source that fails is no fault of the wire: its own error says what is wrong.
        throw sourceError ?? wireError(error, moving);
      } finally {
        source.destroy();
      }
    },
    async download({ url, headers, ...moving }) {
      try {
        const answer = await send(url, moving, {
          method: 'GET',
          headers: { 'accept-encoding': 'identity', 'user-agent': 'renderq', ...headers },
        });
        // A connection may break while nobody reads: that is told to whoever reads next, and must not end the process.
        answer.body.on('error', ignore);
        return {
          status: answer.statusCode,
          headers: plainHeaders(answer.headers),
          body: bytesOf(answer.body, moving),
          discard: () => answer.body.destroy(),
        };
      } catch (error) {
        throw wireError(error, moving);
      }
    },
  };
}

function makeAgent(): Agent {
  return new Agent({ connect: { timeout: CONNECT_TIMEOUT_MS }, keepAliveTimeout: 4_000, maxHeaderSize: 65_536 });
}

async function* noting(body: AsyncIterable<Uint8Array>, note: (error: unknown) => void): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    note(error);
    throw error;
  }
}

async function* bytesOf(body: AsyncIterable<Uint8Array>, moving: Moving): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw wireError(error, moving);
  }
}

async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    chunks.push(chunk);
    if (size > MAX_ANSWER_BYTES) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function wireError(error: unknown, { signal, idleTimeoutMs }: Moving): TransportError {
  if (error instanceof TransportError) return error;
  return new TransportError(
    faultOf(error, { callerWentAway: signal?.aborted === true, isTimeout: false }, idleTimeoutMs),
  );
}

function ignore(): void {}
