import type { ErrorDialect } from '../contract/provider.ts';
import type { HttpResponse } from '../ports/http-transport.ts';
import { badAnswer, readErrorAnswer } from './error-answer.ts';
import { findError } from './error-envelope.ts';
import { type JsonObject, parseJson, unwrap } from './json-body.ts';

const KEYWORDS = ['$schema', '$ref', '$defs', 'definitions', 'properties', 'oneOf', 'anyOf', 'allOf', 'type'] as const;

/** Whether an object can be a JSON Schema at all: it holds at least one of the keywords that a schema is made of. */
export function looksLikeSchema(value: JsonObject | undefined): value is JsonObject {
  return (
    value !== undefined && KEYWORDS.some((keyword) => Object.hasOwn(value, keyword)) && typeof value.error !== 'object'
  );
}

/**
 * The first of the places in a 2xx answer that holds a JSON Schema.
 * @throws {RenderError} BAD_RESPONSE where none does, or the typed error that the answer carries instead.
 */
export function readSchemaAnswer(
  dialect: ErrorDialect,
  response: HttpResponse,
  placesIn: (body: JsonObject) => readonly (JsonObject | undefined)[],
): object {
  const body = unwrap(parseJson(response.body));
  const schema = body && placesIn(body).find(looksLikeSchema);
  if (schema !== undefined) return schema;
  throw findError(body) === undefined
    ? badAnswer(dialect, response, 'no JSON Schema')
    : readErrorAnswer(dialect, response);
}
