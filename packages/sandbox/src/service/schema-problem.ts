import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';

/** The first thing wrong with a document. */
export interface SchemaProblem {
  /** Dotted, with zero-based indexes, for example `scenes.0.duration`; empty for the document itself. */
  readonly path: string;
  /** Worded as Zod 3 does: PhantomFlow's documented sample reads that way. */
  readonly message: string;
}

export type SchemaCheck = (document: unknown) => SchemaProblem | undefined;

/** Compiles at the first use: most starts of the sandbox never need every schema. */
export function schemaCheck(schema: object): SchemaCheck {
  let validate: ValidateFunction | undefined;
  return (document) => {
    validate ??= compile(schema);
    if (validate(document)) return undefined;
    return firstProblem(validate.errors ?? [], document);
  };
}

function compile(schema: object): ValidateFunction {
  const ajv = new Ajv({ allErrors: true, strict: false, discriminator: true, verbose: true, logger: false });
  ajv.addFormat('uri', isHttpUrl);
  return ajv.compile(schema);
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

/** Keywords that only say that a branch did not fit; the branch's own errors say why. */
const WRAPPERS = new Set(['oneOf', 'anyOf', 'allOf', 'if', 'not']);

function firstProblem(errors: readonly ErrorObject[], document: unknown): SchemaProblem {
  const concrete = errors.filter((error) => !WRAPPERS.has(error.keyword));
  const candidates = (concrete.length > 0 ? concrete : errors).map((error) => ({ error, path: pathOf(error) }));
  const first = candidates.reduce((best, next) => (isBefore(next.path, best.path, document) ? next : best));
  return { path: first.path.join('.'), message: wordsFor(first.error) };
}

function pathOf(error: ErrorObject): readonly string[] {
  const path = stepsOf(error.instancePath);
  if (error.keyword === 'required') return [...path, String(error.params.missingProperty)];
  if (error.keyword === 'discriminator') return [...path, String(error.params.tag)];
  return path;
}

function stepsOf(pointer: string): readonly string[] {
  return pointer.split('/').slice(1).map(unescapePointer);
}

function unescapePointer(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** Document order: as a person reads the script from top to bottom. A missing key comes after the present ones. */
function isBefore(left: readonly string[], right: readonly string[], document: unknown): boolean {
  let at = document;
  for (const [depth, step] of left.entries()) {
    const other = right[depth];
    if (other === undefined) return false;
    if (step !== other) return rank(at, step) < rank(at, other);
    at = childOf(at, step);
  }
  return left.length < right.length;
}

function rank(parent: unknown, key: string): number {
  if (typeof parent !== 'object' || parent === null) return 0;
  const index = Object.keys(parent).indexOf(key);
  return index < 0 ? Number.POSITIVE_INFINITY : index;
}

function childOf(parent: unknown, key: string): unknown {
  return typeof parent === 'object' && parent !== null ? Reflect.get(parent, key) : undefined;
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function quoted(values: unknown): string {
  return (Array.isArray(values) ? values : [values])
    .map((value) => (typeof value === 'string' ? `'${value}'` : String(value)))
    .join(' | ');
}

function wordsFor({ keyword, params, data, message, instancePath }: ErrorObject): string {
  switch (keyword) {
    case 'required':
      return 'Required';
    case 'type':
      return params.type === 'integer' && typeof data === 'number'
        ? 'Expected integer, received float'
        : `Expected ${quoted(params.type).replaceAll("'", '')}, received ${typeName(data)}`;
    case 'enum':
      return `Invalid enum value. Expected ${quoted(params.allowedValues)}, received ${quoted(bounded(data))}`;
    case 'const':
      return `Invalid literal value, expected ${JSON.stringify(params.allowedValue)}`;
    case 'discriminator':
      return `Invalid discriminator value: ${quoted(bounded(params.tagValue))}`;
    case 'minItems':
      return `Array must contain at least ${params.limit} element(s)`;
    case 'maxItems':
      return `Array must contain at most ${params.limit} element(s)`;
    case 'minLength':
      return `String must contain at least ${params.limit} character(s)`;
    case 'maxLength':
      return `String must contain at most ${params.limit} character(s)`;
    case 'minimum':
      return `Number must be greater than or equal to ${params.limit}`;
    case 'maximum':
      return `Number must be less than or equal to ${params.limit}`;
    case 'exclusiveMinimum':
      return `Number must be greater than ${params.limit}`;
    case 'exclusiveMaximum':
      return `Number must be less than ${params.limit}`;
    case 'additionalProperties':
      return `Unrecognized key(s) in object: ${quoted(bounded(params.additionalProperty))}`;
    case 'false schema':
      // A property whose schema is `false`; ajv says it of the value, at the key's own place.
      return `Unrecognized key(s) in object: ${quoted(bounded(stepsOf(instancePath).at(-1)))}`;
    case 'format':
      return `Invalid ${params.format === 'uri' ? 'url' : params.format}`;
    case 'pattern':
      return 'Invalid';
    default:
      return message ?? 'Invalid input';
  }
}

/** A caller's value inside a message stays short. */
function bounded(value: unknown): unknown {
  if (typeof value === 'string') return value.length > 80 ? `${value.slice(0, 80)}…` : value;
  return typeof value === 'object' && value !== null ? typeName(value) : value;
}
