import { asObject, parseJson } from '../decode/json-body.ts';
import { RenderError } from '../errors/render-error.ts';
import type { HttpResponse } from '../ports/http-transport.ts';
import type { DownloadAnswer } from '../ports/transfer.ts';

/** What is known of a file before it is fetched. */
export interface ExpectedFile {
  readonly name?: string;
  /** The provider's word for its kind: video, image, audio, captions, playlist, data, other. */
  readonly type?: string;
  readonly sizeBytes?: number;
}

/** Who answers, and how it tells its errors. */
export interface FileHost {
  readonly id: string;
  readonly readError: (response: HttpResponse, nowMs: number) => RenderError;
}

/** A page or an error of a few kilobytes; what is longer is not read for a word of the reason. */
const LONGEST_REASON = 64 * 1024;
/** S3 keeps the mark of its own upload framing on some objects; the bytes are the plain ones. */
const PLAIN_ENCODINGS = new Set(['', 'identity', 'none', 'aws-chunked', 'utf-8', 'binary']);
const PAGE = /^(?:text\/html|application\/xhtml\+xml)$/;
const JSON_TYPE = /^(?:application|text)\/(?:[\w.-]+\+)?json$/;
const XML_TYPE = /^(?:application|text)\/xml$/;
const MEDIA_NAME = /\.(?:mp4|m4v|mov|mkv|webm|avi|ts|gif|png|jpe?g|webp|avif|mp3|wav|flac|ogg|opus|aac|m4a)$/i;
const MEDIA = new Set(['video', 'image', 'audio']);

/**
 * Refuses an answer that succeeded, but is not the file that the job told of: a login page, an error as JSON, compressed
 * bytes, or another length. A host that names no type, or a general one, is believed until its bytes say otherwise.
 * @throws {RenderError} what the JSON says (for example OUTPUT_EXPIRED), else BAD_RESPONSE.
 */
export async function checkFileAnswer(
  answer: DownloadAnswer,
  expected: ExpectedFile,
  host: FileHost,
  nowMs: number,
): Promise<void> {
  const type = (answer.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const encodings = (answer.headers['content-encoding'] ?? '').toLowerCase().split(',');
  if (JSON_TYPE.test(type) && !isData(expected)) {
    const body = await beginningOf(answer);
    // An answer of this API in place of the file: it tells the reason in its own words.
    if (asObject(parseJson(body))?.error !== undefined) {
      throw host.readError({ status: answer.status, headers: answer.headers, body }, nowMs);
    }
    throw notTheFile(host.id, answer.status, 'JSON instead of the file');
  }
  const problem = [
    PAGE.test(type) && !/\.x?html?$/i.test(expected.name ?? '') && 'a web page instead of the file',
    XML_TYPE.test(type) && isMedia(expected) && 'an XML document instead of the file',
    !encodings.every((encoding) => PLAIN_ENCODINGS.has(encoding.trim())) && 'compressed bytes, which nobody asked for',
    !isOfSize(wholeSize(answer), expected) && `a file of another size than the ${expected.sizeBytes} bytes of the job`,
  ].find((what) => what !== false);
  if (problem === undefined) return;
  answer.discard();
  throw notTheFile(host.id, answer.status, problem);
}

/**
 * Looks at the first bytes of a file, at most {@link FIRST_BYTES}, of which the host did not say, or did not say truly,
 * what it is.
 * @throws {RenderError} BAD_RESPONSE for text, or for nothing at all, where pictures or sound should be.
 */
export function checkFirstBytes(bytes: Uint8Array, expected: ExpectedFile, { id }: Pick<FileHost, 'id'>): void {
  if (!isMedia(expected)) return;
  if (bytes.length === 0) throw notTheFile(id, 200, 'an empty file');
  const text = String.fromCharCode(...bytes.subarray(0, 64)).replace(/^(?:\xef\xbb\xbf)?\s*/, '');
  if (/^(?:<!doctype|<html|<head|<body|<\?xml|<error|\{\s*"|\[\s*[{"])/i.test(text)) {
    throw notTheFile(id, 200, 'text instead of the file');
  }
}

/** Bytes that {@link checkFirstBytes} looks at. */
export const FIRST_BYTES = 64;

/** Bytes of the whole file, as far as the answer tells; a partial answer tells them beside its range. */
export function wholeSize({ status, headers }: Pick<DownloadAnswer, 'status' | 'headers'>): number | undefined {
  const told = status === 206 ? /\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1] : headers['content-length'];
  return told !== undefined && /^\d{1,15}$/.test(told) ? Number(told) : undefined;
}

/** An answer that is not what was asked for. */
export function notTheFile(provider: string, httpStatus: number, what: string): RenderError {
  return new RenderError({
    code: 'BAD_RESPONSE',
    message: `The file host answered HTTP ${httpStatus} with ${what}.`,
    provider,
    httpStatus,
    remedy:
      'Read the job again for a fresh link, and look for a proxy on the way; if it persists, report it to the provider.',
  });
}

function isOfSize(size: number | undefined, { sizeBytes }: ExpectedFile): boolean {
  return size === undefined || sizeBytes === undefined || size === sizeBytes;
}

/** A file of which nothing is known is a film: that is what renders are for. */
function isMedia({ name = '', type }: ExpectedFile): boolean {
  if (type !== undefined) return MEDIA.has(type) && !/\.svg$/i.test(name);
  return MEDIA_NAME.test(name) || !/\.[a-z0-9]{1,8}$/i.test(name);
}

/** Whether a file may well be JSON. */
function isData(expected: ExpectedFile): boolean {
  return /json$/i.test(expected.name ?? '') || (expected.type !== undefined && !isMedia(expected));
}

async function beginningOf(answer: DownloadAnswer): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of answer.body) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > LONGEST_REASON) return '';
    }
  } catch {
    // The answer is refused anyway; only its words are lost.
    return '';
  } finally {
    answer.discard();
  }
  const decoder = new TextDecoder();
  return chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join('') + decoder.decode();
}
