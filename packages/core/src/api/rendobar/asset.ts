import * as v from 'valibot';
import { definedFields } from '../../decode/defined-fields.ts';
import { badAnswer } from '../../decode/error-answer.ts';
import type { JsonObject } from '../../decode/json-body.ts';
import { looseNumber, looseText, looseTime, looseUrl, readText } from '../../decode/scalars.ts';
import { wireObject } from '../../decode/wire-object.ts';
import type { HttpResponse } from '../../ports/http-transport.ts';
import { RENDOBAR_DIALECT } from '../../providers/rendobar/errors.ts';

/** A file that was uploaded. `url` works as the input of any job. */
export interface RendobarAsset {
  readonly id: string;
  readonly url?: string;
  /** `ready` once it may be used. */
  readonly status?: string;
  readonly filename?: string;
  readonly contentType?: string;
  readonly mediaType?: string;
  readonly kind?: string;
  readonly scope?: string;
  readonly source?: string;
  /** `ephemeral` assets are kept for 24 hours; `persisted` ones count toward the storage quota. */
  readonly lifecycle?: string;
  readonly declaredSize?: number;
  readonly sizeBytes?: number;
  /** SHA-256, hex. */
  readonly checksum?: string;
  readonly etag?: string;
  readonly region?: string;
  /** Unix milliseconds. */
  readonly createdAt?: number;
  readonly updatedAt?: number;
  readonly expiresAt?: number;
}

/** An asset that jobs may use. */
export type RendobarReadyAsset = RendobarAsset & { readonly url: string };

const wireAsset = wireObject({
  url: looseUrl,
  status: looseText,
  filename: looseText,
  contentType: looseText,
  mediaType: looseText,
  kind: looseText,
  scope: looseText,
  source: looseText,
  lifecycle: looseText,
  declaredSize: looseNumber,
  sizeBytes: looseNumber,
  checksum: looseText,
  etag: looseText,
  region: looseText,
  createdAt: looseTime,
  updatedAt: looseTime,
  expiresAt: looseTime,
});

/** An asset out of an object that holds its fields; undefined without an id. */
export function toAsset(object: JsonObject | undefined): RendobarAsset | undefined {
  const id = readText(object?.id);
  return object === undefined || id === undefined ? undefined : { id, ...definedFields(v.parse(wireAsset, object)) };
}

/** @throws {RenderError} BAD_RESPONSE where there is none. */
export function requireAsset(object: JsonObject | undefined, response: HttpResponse): RendobarAsset {
  const asset = toAsset(object);
  if (asset === undefined) throw badAnswer(RENDOBAR_DIALECT, response, 'no asset');
  return asset;
}
