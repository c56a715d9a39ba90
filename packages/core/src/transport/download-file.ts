import { readNumber } from '../decode/scalars.ts';
import { cancelledError } from '../errors/cancelled.ts';
import { codeForStatus } from '../errors/from-status.ts';
import { RenderError } from '../errors/render-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { DownloadAnswer } from '../ports/transfer.ts';
import { backoffMs } from '../retry/backoff.ts';
import { waitFor } from '../retry/wait-for.ts';
import { networkError } from './network-error.ts';
import { type OpenLinkInput, openLink } from './open-link.ts';

/** Failures in a row, without a byte in between, after which a download gives up. */
const MAX_FAILURES = 4;
const SPENT = new Set([401, 403, 404, 410]);
const PASSING = new Set([408, 425, 429]);

export interface DownloadPlan extends Omit<OpenLinkInput, 'headers'> {
  readonly clock: Clock;
  readonly random: () => number;
  /** A fresh link for one that no longer works. */
  readonly renew: () => Promise<string>;
}

/** A file on its way. */
export interface FileDownload {
  readonly contentType?: string;
  /** Bytes in all, where the host tells it. */
  readonly sizeBytes?: number;
  /**
   * The bytes, to be read once. A connection that breaks is taken up again where it broke. Rejects with a RenderError
   * when that does not help.
   */
  readonly body: AsyncIterable<Uint8Array>;
  /** Closes the connection of a download that is not wanted after all. */
  discard(): void;
}

/**
 * Opens a file, with a fresh link where the old one has expired.
 * @throws {RenderError} OUTPUT_EXPIRED (404 or 410 under a fresh link), FORBIDDEN, NETWORK, PROVIDER_ERROR, CANCELLED.
 */
export async function downloadFile(plan: DownloadPlan): Promise<FileDownload> {
  const { clock, random, provider, signal } = plan;
  let { url } = plan;
  let failures = 0;
  let isRenewed = false;

  /** Asks for the bytes from `offset` on until an answer holds bytes, the link is beyond repair, or patience ends. */
  async function open(offset: number): Promise<DownloadAnswer> {
    const headers: Record<string, string> = offset === 0 ? {} : { range: `bytes=${offset}-` };
    for (;;) {
      let trouble: RenderError;
      try {
        const answer = await openLink({ ...plan, url, headers });
        if (answer.status === 200 || answer.status === 206) return answer;
        answer.discard();
        trouble = refusal(provider.id, url, answer.status);
        if (SPENT.has(answer.status) && !isRenewed) {
          isRenewed = true;
          url = await plan.renew();
          continue;
        }
        if (answer.status < 500 && !PASSING.has(answer.status)) throw trouble.with({ retryable: false });
      } catch (error) {
        if (!RenderError.isInstance(error) || error.code !== 'NETWORK') throw error;
        trouble = error;
      }
      await pauseAfter(trouble);
    }
  }

  async function pauseAfter(trouble: RenderError): Promise<void> {
    failures += 1;
    if (failures >= MAX_FAILURES) throw trouble.with({ attempts: failures });
    await waitFor({ clock, until: clock.now() + backoffMs({ failures, random }), signal });
  }

  const first = await open(0);
  const size = readNumber(first.headers['content-length']);
  const type = first.headers['content-type'];

  let answer = first;

  async function* bytes(): AsyncGenerator<Uint8Array> {
    let offset = 0;
    let skip = 0;
    for (;;) {
      let trouble: RenderError;
      try {
        for await (const chunk of answer.body) {
          const wanted = skip === 0 ? chunk : chunk.subarray(Math.min(skip, chunk.length));
          skip -= chunk.length - wanted.length;
          if (wanted.length === 0) continue;
          offset += wanted.length;
          failures = 0;
          isRenewed = false;
          yield wanted;
        }
        if (size === undefined || offset === size) return;
        trouble = incomplete(provider.id, `ended after ${offset} of ${size} bytes`);
      } catch (error) {
        if (signal?.aborted) throw cancelledError(signal);
        trouble = networkError(error, { provider, url });
      }
      await pauseAfter(trouble);
      answer = await open(offset);
      if (!isSameFile(first, answer, offset)) {
        answer.discard();
        throw incomplete(provider.id, 'broke off, and the file had changed when it was asked for again');
      }
      // A host without ranges begins again: what is known already is passed over.
      skip = answer.status === 206 ? 0 : offset;
    }
  }

  return {
    body: bytes(),
    discard: () => answer.discard(),
    ...(type !== undefined && { contentType: type }),
    ...(size !== undefined && { sizeBytes: size }),
  };
}

/** By its ETag where both answers have one, and by its size: a range of another file must never be appended. */
function isSameFile(first: DownloadAnswer, again: DownloadAnswer, offset: number): boolean {
  const [tag, otherTag] = [first.headers.etag, again.headers.etag];
  if (tag !== undefined && otherTag !== undefined && tag !== otherTag) return false;
  const size = readNumber(first.headers['content-length']);
  if (again.status === 200) return readNumber(again.headers['content-length']) === size;
  const [, start, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(again.headers['content-range'] ?? '') ?? [];
  return Number(start) === offset && (total === '*' || size === undefined || Number(total) === size);
}

function refusal(provider: string, url: string, status: number): RenderError {
  const isGone = status === 404 || status === 410;
  return new RenderError({
    code: isGone ? 'OUTPUT_EXPIRED' : codeForStatus(status),
    message: `The file host ${new URL(url).host} answered HTTP ${status}.`,
    provider,
    httpStatus: status,
  });
}

function incomplete(provider: string, what: string): RenderError {
  return new RenderError({
    code: 'NETWORK',
    message: `The download ${what}.`,
    provider,
    remedy: 'Start the download again.',
  });
}
