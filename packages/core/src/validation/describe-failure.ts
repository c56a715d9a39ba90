import { asObject, type JsonObject } from '../decode/json-body.ts';
import { closestWord } from './closest-word.ts';

const MOST_NAMED = 20;

interface Failed {
  readonly keyword: string;
  /** The schema that the keyword stands in. */
  readonly around: JsonObject;
  /** What was checked. */
  readonly value: unknown;
  /** The last step of its path. */
  readonly name: string;
}

/** What is wrong, as the end of a sentence that begins with the field, and what would have been accepted. */
export function describeFailure(failed: Failed): { readonly message: string; readonly allowed?: readonly string[] } {
  const { keyword, around, value } = failed;
  const limit = around[keyword];
  // Reached by an anchor or by the id of a schema: what the keyword demands is not at hand.
  if (limit === undefined && !SELF_EXPLAINED.has(keyword))
    return { message: `does not meet "${keyword}" of the schema` };
  switch (keyword) {
    case 'type': {
      const allowed = (Array.isArray(limit) ? limit : [limit]).map(String);
      return { message: `must be ${allowed.join(' or ')}, not ${kindOf(value)}`, allowed };
    }
    case 'const':
      return { message: `must be ${shown(limit)}`, allowed: [shown(limit)] };
    case 'enum': {
      const allowed = (Array.isArray(limit) ? limit : []).slice(0, MOST_NAMED).map(shown);
      return { message: `must be one of ${allowed.join(', ')}${meant(value, limit)}`, allowed };
    }
    case 'false':
      return { message: `is not known here${meant(failed.name, allowedNames(around))}` };
    default:
      return { message: PLAIN[keyword]?.(limit) ?? 'is not valid' };
  }
}

/** The properties that a schema allows: one whose own schema is `false` is listed only to be refused. */
function allowedNames(schema: JsonObject): readonly string[] {
  return Object.entries(asObject(schema.properties) ?? {}).flatMap(([name, own]) => (own === false ? [] : [name]));
}

const SELF_EXPLAINED = new Set(['false', 'required', 'not', 'contains', 'uniqueItems']);

const PLAIN: Readonly<Record<string, (limit: unknown) => string>> = {
  required: () => 'is required',
  minimum: (limit) => `must be at least ${limit}`,
  maximum: (limit) => `must be at most ${limit}`,
  exclusiveMinimum: (limit) => `must be more than ${limit}`,
  exclusiveMaximum: (limit) => `must be less than ${limit}`,
  multipleOf: (limit) => `must be a multiple of ${limit}`,
  minLength: (limit) => (limit === 1 ? 'must not be empty' : `must be at least ${limit} characters long`),
  maxLength: (limit) => `must be at most ${limit} characters long`,
  minItems: (limit) => (limit === 1 ? 'must hold at least one item' : `must hold at least ${limit} items`),
  maxItems: (limit) => `must hold at most ${limit} items`,
  uniqueItems: () => 'must not hold an item twice',
  minProperties: (limit) => `must have at least ${limit} fields`,
  maxProperties: (limit) => `must have at most ${limit} fields`,
  pattern: (limit) => `must match the pattern ${limit}`,
  not: () => 'is excluded here',
  contains: () => 'must hold an item of the kind that is required here',
};

function shown(value: unknown): string {
  return JSON.stringify(value) ?? 'nothing';
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function meant(word: unknown, known: unknown): string {
  if (typeof word !== 'string' || !Array.isArray(known)) return '';
  const near = closestWord(
    word,
    known.filter((name) => typeof name === 'string'),
  );
  return near === undefined ? '' : `; did you mean "${near}"?`;
}
