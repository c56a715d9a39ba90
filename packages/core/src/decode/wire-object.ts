import * as v from 'valibot';
import { asObject, type JsonObject } from './json-body.ts';

/** Any JSON object; to valibot itself an array is one too. */
export const wireRecord = v.custom<JsonObject>((value) => asObject(value) !== undefined);

/** A JSON object by its fields; what else it holds is left out. */
export function wireObject<const Entries extends v.ObjectEntries>(entries: Entries) {
  return v.pipe(wireRecord, v.object(entries));
}
