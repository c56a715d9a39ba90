import type { Clock, Transfer } from '@renderq/core';
import type { IHttpRequestOptions } from 'n8n-workflow';
import { byteStream } from './byte-stream.ts';
import { askHost, type HostRequest, type HostStream } from './http-port.ts';
import { type IdleWatch, watchIdle } from './idle-watch.ts';
import { type GivenUp, wireFault } from './wire-fault.ts';

/** What a storage says to an upload is a line or two. */
const MAX_ANSWER_BYTES = 256 * 1024;

interface Moving {
  readonly idleTimeoutMs: number;
  readonly signal?: AbortSignal;
}

/** File transfer over n8n's helper: bytes are pulled as the other side takes them, so memory stays flat. */
export function createHostTransfer(request: HostRequest, clock: Clock): Transfer {
  return {
    async upload({ url, headers, body, length, ...moving }) {
      const course = startCourse(clock, moving);
      const source = noting(body, course);
      try {
        const answer = await course.run((abortSignal) =>
          askHost(request, {
            method: 'PUT',
            url,
            headers: { 'content-type': 'application/octet-stream', ...headers, 'content-length': String(length) },
            // The helper passes any stream on; its type names only those of forms.
            ...(length > 0 && {
              body: byteStream(source.bytes()) as unknown as NonNullable<IHttpRequestOptions['body']>,
            }),
            abortSignal,
          }),
        );
        course.holds(answer.body);
        return { status: answer.status, headers: answer.headers, body: await readText(answer.body) };
      } catch (error) {
        // A source that fails is no fault of the wire: its own error says what is wrong.
        throw source.error() ?? course.fault(error);
      } finally {
        course.stop();
      }
    },
    async download({ url, headers, ...moving }) {
      const course = startCourse(clock, moving);
      try {
        const answer = await course.run((abortSignal) =>
          askHost(request, { method: 'GET', url, headers, abortSignal }),
        );
        course.holds(answer.body);
        course.watch.paused();
        return {
          status: answer.status,
          headers: answer.headers,
          body: bytesOf(answer.body, course),
          discard() {
            course.stop();
            answer.body.destroy();
          },
        };
      } catch (error) {
        course.stop();
        throw course.fault(error);
      }
    },
  };
}

/** One transfer from its request to its last byte: what may end it early, and why it did. */
interface Course {
  readonly watch: IdleWatch;
  /** Runs what leads to an answer. A helper that does not heed the signal does not hold up its caller. */
  run<T>(task: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** The stream ends when the course does before its time. */
  holds(body: HostStream): void;
  fault(error: unknown): Error;
  stop(): void;
}

function startCourse(clock: Clock, { idleTimeoutMs, signal }: Moving): Course {
  const over = new AbortController();
  let givenUp: GivenUp;
  const giveUp = (why: GivenUp) => {
    givenUp ??= why;
    over.abort();
  };
  const watch = watchIdle(clock, idleTimeoutMs, () => giveUp('timeout'));
  const onAbort = () => giveUp('aborted');
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  return {
    watch,
    run: (task) => Promise.race([task(over.signal), ended(over.signal)]),
    holds(body) {
      const onOver = () => body.destroy(new Error('The transfer was given up.'));
      if (over.signal.aborted) onOver();
      over.signal.addEventListener('abort', onOver, { once: true });
    },
    fault: (error) => wireFault(error, givenUp, idleTimeoutMs),
    stop() {
      watch.stop();
      signal?.removeEventListener('abort', onAbort);
    },
  };
}

function ended(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const onAbort = () => reject(new Error('The transfer was given up.'));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

async function* bytesOf(body: HostStream, course: Course): AsyncGenerator<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]();
  try {
    for (;;) {
      course.watch.moved();
      const next = await chunks.next();
      // A reader that takes its time is no standstill of the wire.
      course.watch.paused();
      if (next.done === true) return;
      yield next.value;
    }
  } catch (error) {
    throw course.fault(error);
  } finally {
    course.stop();
    body.destroy();
  }
}

/** The bytes of a source, each of which is a sign of life, and what it failed with. */
function noting(body: AsyncIterable<Uint8Array>, { watch }: Course) {
  let failure: unknown;
  return {
    error: () => failure,
    async *bytes(): AsyncGenerator<Uint8Array> {
      try {
        for await (const chunk of body) {
          watch.moved();
          yield chunk;
        }
        watch.moved();
      } catch (error) {
        failure = error;
        throw error;
      }
    },
  };
}

async function readText(body: HostStream): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    text += decoder.decode(chunk, { stream: true });
    if (size > MAX_ANSWER_BYTES) break;
  }
  return text + decoder.decode();
}
