import { readRetryAfter } from '../decode/rate-headers.ts';
import { cancelledError } from '../errors/cancelled.ts';
import { cleanText } from '../errors/redact.ts';
import { RenderError } from '../errors/render-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { HttpResponse } from '../ports/http-transport.ts';
import type { Transfer } from '../ports/transfer.ts';
import type { UploadSource } from '../ports/upload-source.ts';
import { backoffMs } from '../retry/backoff.ts';
import { waitFor } from '../retry/wait-for.ts';
import { networkError } from './network-error.ts';

const MAX_ATTEMPTS = 5;
/** A storage that asks for more than this between two attempts has its error handed to the caller. */
const LONGEST_RETRY_MS = 60_000;
const PASSING = new Set([408, 425, 429]);

export interface PutBytesInput {
  readonly transfer: Transfer;
  readonly clock: Clock;
  readonly random: () => number;
  readonly provider: { readonly id: string; readonly displayName: string };
  /** A signed link: it carries its own authority, so no key is ever sent with it. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly source: UploadSource;
  readonly start: number;
  readonly end: number;
  readonly idleTimeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Puts one range of a source under a signed link, as often as it takes: a PUT of the same bytes may be repeated.
 * Gives the storage's answer when it is a 2xx or says that the link itself is no good (401, 403, 404, 410).
 * @throws {RenderError} NETWORK or PROVIDER_ERROR after five attempts, INVALID_REQUEST (field `source`) when the source
 * fails or gives another number of bytes, BAD_RESPONSE for any other refusal, CANCELLED.
 */
export async function putBytes(input: PutBytesInput): Promise<HttpResponse> {
  const { transfer, clock, random, provider, url, headers, source, start, end, idleTimeoutMs, signal } = input;
  const length = end - start;
  for (let failures = 1; ; failures += 1) {
    let trouble: RenderError;
    const guarded = guardSource(source, start, end);
    try {
      const request = { url, headers, body: guarded.bytes, length, idleTimeoutMs };
      const answer = await transfer.upload(signal === undefined ? request : { ...request, signal });
      if (answer.status >= 200 && answer.status < 300) return answer;
      if ([401, 403, 404, 410].includes(answer.status)) return answer;
      trouble = refusal(provider.id, url, answer, clock.now());
    } catch (error) {
      if (signal?.aborted) throw cancelledError(signal);
      if (guarded.problem() !== undefined) throw unusable(guarded.problem());
      trouble = networkError(error, { provider, url });
    }
    if (trouble.code === 'BAD_RESPONSE' || failures >= MAX_ATTEMPTS) throw trouble.with({ attempts: failures });
    const delay = backoffMs({ failures, random, floorMs: trouble.record.retryAfterMs });
    if (delay > LONGEST_RETRY_MS) throw trouble.with({ attempts: failures });
    await waitFor({ clock, until: clock.now() + delay, signal });
  }
}

/** Tells a source that fails from a wire that fails, whatever the host makes of either. */
function guardSource(source: UploadSource, start: number, end: number) {
  let problem: unknown;
  async function* bytes(): AsyncGenerator<Uint8Array> {
    let given = 0;
    try {
      for await (const chunk of source.read(start, end)) {
        given += chunk.length;
        if (given > end - start) break;
        yield chunk;
      }
      if (given !== end - start) throw new Error('it gave another number of bytes than it had announced');
    } catch (error) {
      problem = error;
      throw error;
    }
  }
  return { bytes: bytes(), problem: () => problem };
}

function unusable(problem: unknown): RenderError {
  const why = cleanText(problem instanceof Error ? problem.message : String(problem), 200);
  return new RenderError({
    code: 'INVALID_REQUEST',
    message: `The file to upload could not be read: ${why}`,
    field: 'source',
    remedy: 'Make sure that the file can be read and does not change, then upload it again.',
    cause: problem,
  });
}

function refusal(provider: string, url: string, answer: HttpResponse, nowMs: number): RenderError {
  // S3 says a stalled upload with a 400; it is the one refusal of that status that a repeat cures.
  const isPassing = answer.status >= 500 || PASSING.has(answer.status) || answer.body.includes('<Code>RequestTimeout<');
  const retryAfterMs = readRetryAfter(answer.headers, nowMs);
  return new RenderError({
    code: isPassing ? 'PROVIDER_ERROR' : 'BAD_RESPONSE',
    message: `The storage at ${new URL(url).host} answered HTTP ${answer.status} to the upload.`,
    provider,
    httpStatus: answer.status,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(!isPassing && { remedy: 'Upload the file again; if it persists, report it to the provider.' }),
  });
}
