import type { JsonObject } from './json-body.ts';

const KEYWORDS = ['$schema', '$ref', '$defs', 'definitions', 'properties', 'oneOf', 'anyOf', 'allOf', 'type'] as const;

/** Whether an object can be a JSON Schema at all: it holds at least one of the keywords that a schema is made of. */
export function looksLikeSchema(value: JsonObject | undefined): value is JsonObject {
  return (
    value !== undefined && KEYWORDS.some((keyword) => Object.hasOwn(value, keyword)) && typeof value.error !== 'object'
  );
}
