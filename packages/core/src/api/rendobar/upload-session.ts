import { definedFields } from '../../decode/defined-fields.ts';
import { badAnswer } from '../../decode/error-answer.ts';
import { asObject, parseJson } from '../../decode/json-body.ts';
import { readNumber, readText, readTime, readUrl } from '../../decode/scalars.ts';
import { RenderError } from '../../errors/render-error.ts';
import type { HttpResponse } from '../../ports/http-transport.ts';
import type { UploadSource } from '../../ports/upload-source.ts';
import { RENDOBAR_DIALECT } from '../../providers/rendobar/errors.ts';
import { type RendobarAsset, requireAsset } from './asset.ts';

/**
 * How far an upload has come: plain data, to be stored and given back as `resume`. Its links are signed, so keep it as
 * you keep a secret; they last six hours.
 */
export interface RendobarUploadState {
  readonly assetId: string;
  readonly filename: string;
  readonly size: number;
  /** What the source was when the upload began. */
  readonly sourceVersion?: string;
  readonly contentType: string;
  /** Bytes in every part but the last. */
  readonly partSize: number;
  /** False for a small file, which goes up in one piece. */
  readonly isMultipart: boolean;
  readonly parts: readonly UploadPart[];
  /** Unix milliseconds after which the links stop working. */
  readonly expiresAt?: number;
}

export interface UploadPart {
  readonly partNumber: number;
  readonly url: string;
  /** Present once the storage has the part. */
  readonly etag?: string;
}

/** What the API answers to a new upload: what to send, or the asset where it knows the content already. */
export type BegunUpload = { readonly state: RendobarUploadState } | { readonly asset: RendobarAsset };

/** @throws {RenderError} BAD_RESPONSE when the answer holds neither an asset nor links that fit the file. */
export function readBegunUpload(
  response: HttpResponse,
  { filename, size, version }: UploadSource,
  contentType: string,
): BegunUpload {
  const body = asObject(parseJson(response.body));
  const asset = requireAsset(asObject(body?.data), response);
  const status = readText(body?.status);
  if (status === 'deduplicated') return { asset };
  const upload = asObject(body?.upload) ?? {};
  const base = {
    assetId: asset.id,
    filename,
    size,
    contentType: asset.contentType ?? contentType,
    ...definedFields({ sourceVersion: version, expiresAt: readTime(upload.expiresAt) }),
  };
  const url = readUrl(upload.url);
  if (url !== undefined) {
    return { state: { ...base, isMultipart: false, partSize: size, parts: [{ partNumber: 1, url }] } };
  }
  const partSize = readNumber(upload.partSize) ?? 0;
  const parts = (Array.isArray(upload.parts) ? upload.parts : []).flatMap((entry) => {
    const [partNumber, link] = [readNumber(asObject(entry)?.partNumber), readUrl(asObject(entry)?.url)];
    return partNumber === undefined || link === undefined ? [] : [{ partNumber, url: link }];
  });
  parts.sort((a, b) => a.partNumber - b.partNumber);
  const isWhole =
    Number.isInteger(partSize) &&
    partSize > 0 &&
    parts.length === Math.ceil(size / partSize) &&
    parts.every(({ partNumber }, index) => partNumber === index + 1);
  if (!isWhole) throw badAnswer(RENDOBAR_DIALECT, response, 'no upload links that fit the file');
  return { state: { ...base, isMultipart: true, partSize, parts } };
}

/**
 * The state to go on from; undefined where its links have expired and the upload must begin anew.
 * @throws {RenderError} INVALID_REQUEST (field `resume`) when it belongs to another file.
 */
export function resumable(
  state: RendobarUploadState | undefined,
  source: UploadSource,
  nowMs: number,
): RendobarUploadState | undefined {
  if (state === undefined) return undefined;
  const { filename, size, version } = source;
  if (state.filename !== filename || state.size !== size || state.sourceVersion !== version) {
    throw new RenderError({
      code: 'INVALID_REQUEST',
      message: 'The state to resume from belongs to another file, or the file has changed since.',
      field: 'resume',
      remedy: 'Upload the file without `resume`.',
    });
  }
  return state.expiresAt !== undefined && state.expiresAt <= nowMs ? undefined : state;
}

/** The bytes of one part: from `start` up to `end`, which is not included. */
export function rangeOf({ partSize, size }: RendobarUploadState, { partNumber }: UploadPart) {
  const start = (partNumber - 1) * partSize;
  return { start, end: Math.min(size, start + partSize) };
}
