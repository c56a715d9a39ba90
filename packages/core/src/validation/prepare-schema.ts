import type { Schema, SchemaDraft } from '@cfworker/json-schema';
import { asObject, type JsonObject } from '../decode/json-body.ts';
import { isCheapPattern } from './cheap-pattern.ts';

const MOST_NODES = 20_000;
const DEEPEST = 100;
/** Visits of a schema node in one check: some half a second. A movie of 200 scenes with 100 elements each needs less. */
const MOST_VISITS = 500_000;

/** Keywords that hold data, not schemas: they are taken as they are. */
const DATA = new Set(['enum', 'const', 'default', 'examples', 'required', 'dependentRequired', '$vocabulary']);
/** Keywords that hold schemas by name: the names are no keywords. */
const MAPS = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas', 'dependencies']);
/** With a constraint left out somewhere, these could refuse what the whole schema accepts. */
const UNSAFE_WHEN_LOOSE = new Set(['not', 'if', 'then', 'else', 'contains', 'minContains', 'maxContains']);

const TYPES = new Set(['array', 'boolean', 'integer', 'null', 'number', 'object', 'string']);

/** A copy of a schema that can be checked against in bounded time. */
export interface PreparedSchema {
  readonly schema: Schema;
  readonly draft: SchemaDraft;
  /** To be called before each check: the visits are counted anew. */
  readonly restart: () => void;
}

/**
 * A schema made fit for use: bounded in size, metered, without `format` (a hint, and every validator knows other ones)
 * and without patterns that could run for ever. A schema that had to lose a pattern is loosened wherever the loss could
 * turn into a refusal. Undefined where the schema is too large or no schema.
 */
export function prepareSchema(source: object): PreparedSchema | undefined {
  const root = asObject(source);
  if (root === undefined) return undefined;
  const survey = surveySchema(root);
  if (survey === undefined) return undefined;
  let visits = 0;
  const visit = () => {
    visits += 1;
    if (visits > MOST_VISITS) throw new RangeError('The schema multiplies its own work.');
    return undefined;
  };
  return {
    schema: copySchema(root, { isLoose: survey.isLoose, visit }),
    draft: draftOf(root),
    restart: () => {
      visits = 0;
    },
  };
}

function draftOf({ $schema }: JsonObject): SchemaDraft {
  const uri = typeof $schema === 'string' ? $schema : '';
  if (/draft-0[3-4]/.test(uri)) return '4';
  if (/draft-0[5-7]/.test(uri)) return '7';
  return uri.includes('2019-09') ? '2019-09' : '2020-12';
}

/** Whether a pattern must go; undefined where the schema is larger than anybody needs. Iterative, so that depth cannot hurt. */
function surveySchema(root: JsonObject): { readonly isLoose: boolean } | undefined {
  let nodes = 0;
  let isLoose = false;
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value: root, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, depth } = next;
    if (typeof value !== 'object' || value === null) continue;
    nodes += 1;
    if (nodes > MOST_NODES || depth > DEEPEST) return undefined;
    for (const [key, inner] of Object.entries(value)) {
      isLoose ||= key === 'pattern' && typeof inner === 'string' && !isCheapPattern(inner);
      isLoose ||=
        key === 'patternProperties' && Object.keys(asObject(inner) ?? {}).some((name) => !isCheapPattern(name));
      open.push({ value: inner, depth: depth + 1 });
    }
  }
  return { isLoose };
}

interface CopyPlan {
  readonly isLoose: boolean;
  readonly visit: () => undefined;
}

function copySchema(source: JsonObject, plan: CopyPlan): Schema {
  const lostNames = Object.keys(asObject(source.patternProperties) ?? {}).some((name) => !isCheapPattern(name));
  const entries = Object.entries(source).flatMap(([key, value]): [string, unknown][] => {
    if (key === 'format') return [];
    if (key === 'pattern' && typeof value === 'string' && !isCheapPattern(value)) return [];
    if (plan.isLoose && UNSAFE_WHEN_LOOSE.has(key)) return [];
    if (lostNames && (key === 'additionalProperties' || key === 'unevaluatedProperties')) return [];
    if (plan.isLoose && key === 'oneOf') return 'anyOf' in source ? [] : [['anyOf', copyValue(value, plan)]];
    if (DATA.has(key)) return [[key, value]];
    if (MAPS.has(key)) return [[key, copyMap(key, value, plan)]];
    return [[key, copyValue(value, plan)]];
  });
  // The validator reads this keyword of every node that it visits, and no copy carries it: the place for the meter.
  const get = hasKnownTypes(source.type) ? plan.visit : refuseType;
  return Object.defineProperty(Object.fromEntries(entries), '$recursiveAnchor', { get, enumerable: false });
}

/** A type that does not exist would refuse every value. What is no text is no type, but a field of that name. */
function hasKnownTypes(type: unknown): boolean {
  return (Array.isArray(type) ? type : [type]).every((name) => typeof name !== 'string' || TYPES.has(name));
}

function refuseType(): never {
  throw new TypeError('The schema names a type that does not exist.');
}

function copyMap(keyword: string, value: unknown, plan: CopyPlan): unknown {
  const map = asObject(value);
  if (map === undefined) return value;
  const kept = Object.entries(map).filter(([name]) => keyword !== 'patternProperties' || isCheapPattern(name));
  return Object.fromEntries(kept.map(([name, inner]) => [name, copyValue(inner, plan)]));
}

function copyValue(value: unknown, plan: CopyPlan): unknown {
  if (Array.isArray(value)) return value.map((item) => copyValue(item, plan));
  const object = asObject(value);
  return object === undefined ? value : copySchema(object, plan);
}
