import { type Clock, type HttpTransport, TransportError } from '@renderq/core';
import { askHost, type HostRequest, type HostStream } from './http-port.ts';
import { type GivenUp, wireFault } from './wire-fault.ts';

const MAX_BODY_BYTES = 8 * 1024 * 1024;

/**
 * Core's HTTP over n8n's helper: one request, no redirect, no repeat, an answer of at most 8 MiB. The whole answer has
 * one deadline, and only the caller's own signal ends it before.
 */
export function createHostTransport(request: HostRequest, clock: Clock): HttpTransport {
  return async ({ method, url, headers, body, timeoutMs, signal }) => {
    const over = new AbortController();
    const done = new AbortController();
    let givenUp: GivenUp;
    const giveUp = (why: GivenUp) => {
      givenUp ??= why;
      over.abort();
    };
    const onAbort = () => giveUp('aborted');
    if (signal?.aborted) throw wireFault(signal.reason, 'aborted', timeoutMs);
    signal?.addEventListener('abort', onAbort, { once: true });
    clock.sleep(timeoutMs, done.signal).then(() => giveUp('timeout'), ignore);
    try {
      const answer = await Promise.race([
        askHost(request, { method, url, headers, abortSignal: over.signal, ...(body !== undefined && { body }) }),
        ended(over.signal),
      ]);
      return { status: answer.status, headers: answer.headers, body: await readText(answer.body, over.signal) };
    } catch (error) {
      throw wireFault(error, givenUp, timeoutMs);
    } finally {
      done.abort();
      signal?.removeEventListener('abort', onAbort);
    }
  };
}

/** @throws {TransportError} too-large. */
async function readText(body: HostStream, over: AbortSignal): Promise<string> {
  const onOver = () => body.destroy(new Error('The answer is no longer waited for.'));
  if (over.aborted) onOver();
  over.addEventListener('abort', onOver, { once: true });
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) {
      body.destroy();
      throw new TransportError({ kind: 'too-large', sent: 'maybe-sent', message: 'the answer is larger than 8 MiB' });
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** A helper that does not heed the signal must not hold up its caller. */
function ended(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('The request is no longer waited for.')), { once: true });
  });
}

function ignore(): void {}
