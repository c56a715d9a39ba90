import { cancelledError } from '../errors/cancelled.ts';
import { codeForStatus } from '../errors/from-status.ts';
import { RenderError } from '../errors/render-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { DownloadAnswer } from '../ports/transfer.ts';
import { backoffMs } from '../retry/backoff.ts';
import { waitFor } from '../retry/wait-for.ts';
import {
  checkFileAnswer,
  checkFirstBytes,
  type ExpectedFile,
  FIRST_BYTES,
  type FileHost,
  notTheFile,
  wholeSize,
} from './file-answer.ts';
import { networkError } from './network-error.ts';
import { type OpenLinkInput, openLink } from './open-link.ts';

/** Failures in a row, without a byte in between, after which a download gives up. */
const MAX_FAILURES = 4;
/** What a link that no longer works is answered with. */
const SPENT = new Set(['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'OUTPUT_EXPIRED']);
const PASSING = new Set([408, 425, 429]);

export interface DownloadPlan extends Omit<OpenLinkInput, 'headers'> {
  readonly provider: OpenLinkInput['provider'] & FileHost;
  readonly clock: Clock;
  readonly random: () => number;
  readonly expected: ExpectedFile;
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
   * when that does not help, and when the bytes turn out not to be those of the file.
   */
  readonly body: AsyncIterable<Uint8Array>;
  /** Closes the connection of a download that is not wanted after all. */
  discard(): void;
}

/**
 * Opens a file, with a fresh link where the old one has expired.
 * @throws {RenderError} OUTPUT_EXPIRED (404 or 410 under a fresh link), FORBIDDEN, NETWORK, PROVIDER_ERROR, CANCELLED,
 * BAD_RESPONSE for an answer that is not the file.
 */
export async function downloadFile(plan: DownloadPlan): Promise<FileDownload> {
  const { clock, random, provider, expected, signal } = plan;
  let { url } = plan;
  let failures = 0;
  let isRenewed = false;

  async function ask(offset: number): Promise<DownloadAnswer> {
    const headers: Record<string, string> = offset === 0 ? {} : { range: `bytes=${offset}-` };
    const answer = await openLink({ ...plan, url, headers });
    if (answer.status !== 200 && answer.status !== 206) {
      answer.discard();
      throw refusal(provider.id, url, answer.status);
    }
    await checkFileAnswer(answer, expected, provider, clock.now());
    return answer;
  }

  /** Asks for the bytes from `offset` on until an answer holds bytes, the link is beyond repair, or patience ends. */
  async function open(offset: number): Promise<DownloadAnswer> {
    for (;;) {
      let trouble: RenderError;
      try {
        return await ask(offset);
      } catch (error) {
        if (!RenderError.isInstance(error)) throw error;
        trouble = error;
      }
      const { httpStatus = 0 } = trouble.record;
      if (SPENT.has(trouble.code) && !isRenewed) {
        isRenewed = true;
        url = await plan.renew();
        continue;
      }
      const isPassing = trouble.code === 'NETWORK' || httpStatus >= 500 || PASSING.has(httpStatus);
      if (!isPassing) throw httpStatus === 0 ? trouble : trouble.with({ retryable: false });
      await pauseAfter(trouble);
    }
  }

  async function pauseAfter(trouble: RenderError): Promise<void> {
    failures += 1;
    if (failures >= MAX_FAILURES) throw trouble.with({ attempts: failures });
    await waitFor({ clock, until: clock.now() + backoffMs({ failures, random }), signal });
  }

  const first = await open(0);
  if (!isFromStart(first)) {
    first.discard();
    throw notTheFile(provider.id, first.status, 'a part of the file that nobody asked for');
  }
  const size = wholeSize(first) ?? expected.sizeBytes;
  const type = first.headers['content-type'];

  let answer = first;

  async function* bytes(): AsyncGenerator<Uint8Array> {
    const head = new Uint8Array(FIRST_BYTES);
    let offset = 0;
    let skip = 0;
    for (;;) {
      let trouble: RenderError;
      try {
        for await (const chunk of answer.body) {
          const wanted = skip === 0 ? chunk : chunk.subarray(Math.min(skip, chunk.length));
          skip -= chunk.length - wanted.length;
          if (wanted.length === 0) continue;
          if (offset < FIRST_BYTES) {
            head.set(wanted.subarray(0, FIRST_BYTES - offset), offset);
            checkFirstBytes(head.subarray(0, offset + wanted.length), expected, provider);
          }
          offset += wanted.length;
          if (size !== undefined && offset > size) {
            throw notTheFile(provider.id, answer.status, `more than the ${size} bytes of the file`);
          }
          failures = 0;
          isRenewed = false;
          yield wanted;
        }
        if (offset === 0) checkFirstBytes(head.subarray(0, 0), expected, provider);
        if (size === undefined || offset === size) return;
        trouble = incomplete(provider.id, `ended after ${offset} of ${size} bytes`);
      } catch (error) {
        if (signal?.aborted) throw cancelledError(signal);
        if (RenderError.isInstance(error)) throw error;
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

/** A range that nobody asked for is taken where it begins with the file; the rest is asked for later. */
function isFromStart({ status, headers }: DownloadAnswer): boolean {
  return status === 200 || /^bytes 0-\d+\/(?:\d+|\*)$/.test(headers['content-range'] ?? '');
}

/**
 * By its ETag or its date where both answers have one, and by its size: a range of another file must never be appended.
 */
function isSameFile(first: DownloadAnswer, again: DownloadAnswer, offset: number): boolean {
  for (const mark of ['etag', 'last-modified']) {
    const [before, now] = [first.headers[mark], again.headers[mark]];
    if (before !== undefined && now !== undefined && before !== now) return false;
  }
  const [size, sizeNow] = [wholeSize(first), wholeSize(again)];
  if (again.status === 200) return sizeNow === size;
  const start = /^bytes (\d+)-\d+\//.exec(again.headers['content-range'] ?? '')?.[1];
  return Number(start) === offset && (size === undefined || sizeNow === undefined || sizeNow === size);
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
