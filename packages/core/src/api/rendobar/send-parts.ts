import { badAnswer } from '../../decode/error-answer.ts';
import { cancelledError } from '../../errors/cancelled.ts';
import type { Transfer } from '../../ports/transfer.ts';
import type { UploadSource } from '../../ports/upload-source.ts';
import { RENDOBAR_DIALECT } from '../../providers/rendobar/errors.ts';
import type { Account } from '../../queue/account.ts';
import { checkLink } from '../../transport/key-guard.ts';
import { putBytes } from '../../transport/put-bytes.ts';
import { type RendobarUploadState, rangeOf, type UploadPart } from './upload-session.ts';

export interface SendPartsInput {
  readonly account: Account;
  readonly transfer: Transfer;
  readonly source: UploadSource;
  readonly concurrency: number;
  readonly idleTimeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly onState: (state: RendobarUploadState) => void;
  /** Told the bytes that have gone out, of all. May go back where a part is sent again. */
  readonly onProgress: (sentBytes: number) => void;
}

/**
 * Sends the parts that the storage does not have yet, some side by side. Gives the state with all of them there;
 * undefined where a link was refused, so that new ones are needed.
 * @throws {RenderError} what a part failed with, after the others have been stopped.
 */
export async function sendParts(
  begun: RendobarUploadState,
  input: SendPartsInput,
): Promise<RendobarUploadState | undefined> {
  const { account, transfer, source, concurrency, idleTimeoutMs, signal, onState, onProgress } = input;
  const { clock, random, lanes } = account.ports;
  const stop = new AbortController();
  const inner = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  const lane = lanes({ concurrency });
  const sent = new Map<number, number>();
  let state = begun;
  let isSpent = false;
  let failure: unknown;

  const total = () => {
    let bytes = 0;
    for (const count of sent.values()) bytes += count;
    return bytes;
  };

  /** The source, telling how far each part has come. */
  const counted = (part: UploadPart): UploadSource => ({
    ...source,
    async *read(start, end) {
      sent.set(part.partNumber, 0);
      for await (const chunk of source.read(start, end)) {
        sent.set(part.partNumber, (sent.get(part.partNumber) ?? 0) + chunk.length);
        onProgress(total());
        yield chunk;
      }
    },
  });

  async function send(part: UploadPart): Promise<void> {
    checkLink({ provider: account.provider, url: part.url, authorize: account.authorize, home: account.urlOf('') });
    const answer = await putBytes({
      transfer,
      clock,
      random,
      provider: account.provider,
      url: part.url,
      headers: { 'content-type': state.contentType },
      source: counted(part),
      ...rangeOf(state, part),
      idleTimeoutMs,
      signal: inner,
    });
    if (answer.status >= 300) {
      isSpent = true;
      stop.abort();
      return;
    }
    const { etag } = answer.headers;
    if (etag === undefined && state.isMultipart) {
      throw badAnswer(RENDOBAR_DIALECT, { ...answer, body: '' }, 'no ETag for an uploaded part');
    }
    const done = { ...part, etag: etag ?? '' };
    state = { ...state, parts: state.parts.map((other) => (other.partNumber === part.partNumber ? done : other)) };
    onState(state);
  }

  for (const part of begun.parts) {
    const { start, end } = rangeOf(begun, part);
    if (part.etag !== undefined) sent.set(part.partNumber, end - start);
  }
  const open = begun.parts.filter(({ etag }) => etag === undefined);
  await Promise.all(
    open.map((part) =>
      lane
        .run(() => send(part), { signal: inner })
        .catch((error: unknown) => {
          // Those that are stopped because of the first fail with the stop, which tells nothing.
          if (!stop.signal.aborted) failure = error;
          stop.abort();
        }),
    ),
  );
  if (signal?.aborted) throw cancelledError(signal);
  if (failure !== undefined) throw failure;
  return isSpent ? undefined : state;
}
