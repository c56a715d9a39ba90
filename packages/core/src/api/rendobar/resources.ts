import type { CallOptions } from '../../contract/client.ts';
import { badAnswer } from '../../decode/error-answer.ts';
import { isJobId } from '../../decode/job-id.ts';
import { asObject, type JsonObject, listEntries, parseJson, unwrap } from '../../decode/json-body.ts';
import { RenderError } from '../../errors/render-error.ts';
import type { HttpResponse } from '../../ports/http-transport.ts';
import { RENDOBAR_DIALECT } from '../../providers/rendobar/errors.ts';
import type { ApiCaller } from '../api-caller.ts';

/** Deletes a resource. Where an answer was lost, "not found" on the repeat says that the first try did it. */
export async function removeResource(call: ApiCaller, path: string, options?: CallOptions): Promise<void> {
  let wasLost = false;
  const onLost = () => {
    wasLost = true;
  };
  try {
    await call({ method: 'DELETE', path }, { options, read: () => undefined, onLost });
  } catch (error) {
    if (!wasLost || !RenderError.isInstance(error) || error.code !== 'NOT_FOUND') throw error;
  }
}

/** The object of an answer. @throws {RenderError} BAD_RESPONSE when there is none. */
export function readObject(response: HttpResponse): JsonObject {
  const object = unwrap(parseJson(response.body));
  if (object === undefined) throw badAnswer(RENDOBAR_DIALECT, response, 'no JSON object');
  return object;
}

/** The objects of a list answer. @throws {RenderError} BAD_RESPONSE when it holds no list. */
export function readObjects(response: HttpResponse): readonly JsonObject[] {
  const entries = listEntries(parseJson(response.body));
  if (entries === undefined) throw badAnswer(RENDOBAR_DIALECT, response, 'no list');
  return entries.map(asObject).filter((entry) => entry !== undefined);
}

/** A path with each id as one segment. @throws {RenderError} INVALID_REQUEST with the field of an id that is none. */
export function apiPath(prefix: string, field: string, id: string, suffix = ''): string {
  if (typeof id !== 'string' || !isJobId(id)) {
    throw new RenderError({
      code: 'INVALID_REQUEST',
      message: `${field} is empty, too long, or holds slashes or control characters.`,
      field,
      remedy: `Pass ${field} exactly as the API gave it.`,
    });
  }
  return `${prefix}/${encodeURIComponent(id)}${suffix}`;
}

/** A query string out of the values that are there; empty when there is none. */
export function apiQuery(values: Readonly<Record<string, string | number | undefined>>): string {
  const pairs = Object.entries(values).filter(([, value]) => value !== undefined);
  const query = new URLSearchParams(pairs.map(([name, value]) => [name, String(value)] as [string, string]));
  return pairs.length === 0 ? '' : `?${query}`;
}
