import type { OutputUnit } from '@cfworker/json-schema';
import type { JsonObject } from '../decode/json-body.ts';
import { describeFailure } from './describe-failure.ts';
import { pointerSteps, schemaAround, valueAt } from './schema-place.ts';

/** One thing that is wrong with a value, at the place where it can be put right. */
export interface Failure {
  readonly path: readonly string[];
  readonly keyword: string;
  readonly message: string;
  /** What would have been accepted here, where the keyword lists it. */
  readonly allowed?: readonly string[];
}

/** Keywords whose failure only says that one inside them failed. */
const WRAPPERS = new Set([
  '$ref',
  'allOf',
  'if',
  'properties',
  'patternProperties',
  'additionalProperties',
  'unevaluatedProperties',
  'items',
  'prefixItems',
  'additionalItems',
  'unevaluatedItems',
  'propertyNames',
  'dependentSchemas',
  'dependencies',
]);
const UNIONS = new Set(['anyOf', 'oneOf']);
/** Keywords that tell which form of a union was meant. */
const KIND = new Set(['const', 'enum', 'type']);

/** What the validator found, as the places to put right: of a union, only the form that was most likely meant. */
export function explainFailures(units: readonly OutputUnit[], schema: JsonObject, value: unknown): readonly Failure[] {
  const failures: Failure[] = [];
  for (let index = 0; index < units.length; index += 1) {
    const unit = units[index];
    if (unit === undefined) continue;
    if (UNIONS.has(unit.keyword) || unit.keyword === 'contains') {
      const members = membersOf(units, index, unit);
      failures.push(
        ...(unit.keyword === 'contains' ? [toFailure(unit, schema, value)] : likeliest(unit, members, schema, value)),
      );
      index += members.length;
    } else if (!WRAPPERS.has(unit.keyword)) {
      failures.push(toFailure(unit, schema, value, units[index - 1]));
    }
  }
  return failures;
}

/** The failures inside a union follow it at once. That of a `false` schema carries no place in the schema. */
function membersOf(
  units: readonly OutputUnit[],
  index: number,
  { keywordLocation }: OutputUnit,
): readonly OutputUnit[] {
  const isInside = (unit: OutputUnit) => unit.keyword === 'false' || unit.keywordLocation.startsWith(keywordLocation);
  const end = units.findIndex((unit, at) => at > index && !isInside(unit));
  return units.slice(index + 1, end === -1 ? units.length : end);
}

function likeliest(
  union: OutputUnit,
  members: readonly OutputUnit[],
  schema: JsonObject,
  value: unknown,
): readonly Failure[] {
  const path = pointerSteps(union.instanceLocation);
  if (union.error.includes('exactly one') && !union.error.includes('(0 matches)')) {
    return [{ path, keyword: union.keyword, message: 'fits more than one of the forms that exclude each other here' }];
  }
  const forms = splitForms(union, members).map((form) => {
    const failures = explainFailures(form, schema, value);
    const otherKind = failures.filter((failure) => tellsKind(failure, path));
    return { failures, otherKind };
  });
  const fewest = Math.min(...forms.map(({ otherKind }) => otherKind.length));
  const near = forms.filter(({ otherKind }) => otherKind.length === fewest);
  const [best, ...others] = near.sort((a, b) => a.failures.length - b.failures.length);
  if (best !== undefined && (fewest === 0 || others.length === 0)) return best.failures;
  return [
    allForms(
      near.map(({ otherKind }) => otherKind),
      path,
      union.keyword,
    ),
  ];
}

/** Whether a failure says "this is another kind of thing": at the union's own place, or at a field directly on it. */
function tellsKind({ keyword, path }: Failure, union: readonly string[]): boolean {
  const depth = path.length - union.length;
  return KIND.has(keyword) && (depth === 0 || (depth === 1 && keyword !== 'type'));
}

function splitForms(union: OutputUnit, members: readonly OutputUnit[]): readonly (readonly OutputUnit[])[] {
  const forms = new Map<string, OutputUnit[]>();
  let current = '';
  for (const unit of members) {
    if (unit.keyword !== 'false')
      current = unit.keywordLocation.slice(union.keywordLocation.length + 1).split('/')[0] ?? '';
    forms.set(current, [...(forms.get(current) ?? []), unit]);
  }
  return [...forms.values()];
}

/** No form is nearer than another: what all of them together would have taken, where they differ in one field. */
function allForms(forms: readonly (readonly Failure[])[], path: readonly string[], keyword: string): Failure {
  const [first] = forms.flat();
  const together = forms.flat();
  const sameField = together.every((failure) => failure.path.join('\n') === first?.path.join('\n'));
  const allowed = [...new Set(together.flatMap((failure) => failure.allowed ?? []))];
  if (first === undefined || !sameField || allowed.length === 0) {
    return { path, keyword, message: 'fits none of the forms that are accepted here' };
  }
  const isType = together.every((failure) => failure.keyword === 'type');
  const message = isType ? `must be ${allowed.join(' or ')}` : `must be one of ${allowed.join(', ')}`;
  return { path: first.path, keyword: first.keyword, allowed, message };
}

function toFailure(unit: OutputUnit, schema: JsonObject, value: unknown, before?: OutputUnit): Failure {
  const path = pointerSteps(unit.instanceLocation);
  const missing = unit.keyword === 'required' ? /property "([\s\S]*)"\.$/.exec(unit.error)?.[1] : undefined;
  // A `false` schema stands where its parent forbids the field: the unit before tells which schema that is.
  const at = unit.keyword === 'false' ? before : unit;
  const around = at === undefined ? undefined : schemaAround(schema, at.keywordLocation);
  return {
    path: missing === undefined ? path : [...path, missing],
    keyword: unit.keyword,
    ...describeFailure({
      keyword: unit.keyword,
      around: around ?? {},
      value: valueAt(value, path),
      name: path.at(-1) ?? '',
    }),
  };
}
