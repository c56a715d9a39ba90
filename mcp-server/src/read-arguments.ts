import { cleanText, closestWord, RenderError } from '@renderq/core';
import { z } from 'zod';

export interface ReadArguments<T> {
  readonly args: T;
  readonly warnings: readonly string[];
}

/** What n8n's MCP client puts beside the real arguments. */
const NOISE: ReadonlySet<string> = new Set(['toolCallId', 'sessionId', 'action', 'chatInput']);

/** Unknown arguments that are named one by one: a caller that sends more of them is not mistyping. */
const MOST_UNKNOWN = 10;
const LONGEST_NAME = 64;
/** No request of either provider is nested half as deep. */
const DEEPEST = 100;

type Issue = z.core.$ZodIssue;

const typeName = (value: unknown): string =>
  value === null
    ? 'null'
    : Array.isArray(value)
      ? 'an array'
      : typeof value === 'object'
        ? 'an object'
        : `a ${typeof value}`;

function didYouMean(word: unknown, known: readonly string[]): string {
  const near = typeof word === 'string' ? closestWord(word, known) : undefined;
  return near === undefined ? '' : ` Did you mean '${near}'?`;
}

function describe(issue: Issue, field: string, value: unknown): string {
  if (value === undefined) return `${field} is missing.`;
  switch (issue.code) {
    case 'invalid_type':
      if (issue.expected === 'int' && typeof value === 'number') return `${field} must be a whole number.`;
      return `${field} must be of type ${issue.expected}, not ${typeName(value)}.`;
    case 'invalid_value': {
      const known = issue.values.map(String);
      return `${field} must be one of ${known.join(', ')}.${didYouMean(value, known)}`;
    }
    case 'too_small':
      return issue.origin === 'string' ? `${field} is empty.` : `${field} must be at least ${issue.minimum}.`;
    case 'too_big':
      return `${field} must be at most ${issue.maximum}${issue.origin === 'string' ? ' characters long' : ''}.`;
    default:
      return `${field}: ${issue.message}`;
  }
}

/** Hosts send an option that was left open as null or as an empty text. */
const isLeftOpen = (value: unknown, field: z.core.$ZodType): boolean =>
  value === null || (typeof value === 'string' && value.trim() === '' && field._zod.optin === 'optional');

/** Some models write an object argument as its JSON text. */
function parseIfObjectText(value: unknown): unknown {
  if (typeof value !== 'string' || !value.trimStart().startsWith('{')) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function unknownWarnings(names: readonly string[], known: readonly string[]): string[] {
  const told = names
    .slice(0, MOST_UNKNOWN)
    .map((name) => `Ignored unknown argument '${cleanText(name, LONGEST_NAME)}'.${didYouMean(name, known)}`);
  const more = names.length - told.length;
  return more > 0 ? [...told, `Ignored ${more} more unknown arguments.`] : told;
}

/** Walks breadth first, for what is being looked for would end any recursion: this one and those behind it. */
function isTooDeep(value: unknown): boolean {
  let level: readonly unknown[] = [value];
  for (let depth = 0; depth <= DEEPEST; depth += 1) {
    level = level.flatMap((inner) => (typeof inner === 'object' && inner !== null ? Object.values(inner) : []));
    if (level.length === 0) return false;
  }
  return true;
}

const tooDeep = (field: string): RenderError =>
  new RenderError({
    code: 'INVALID_REQUEST',
    message: `${field} is nested more than ${DEEPEST} levels deep.`,
    field,
    remedy: `Write ${field} as plain as the provider's own requests are.`,
  });

const describeField = (field: z.core.$ZodType | undefined): string | undefined =>
  field && z.globalRegistry.get(field)?.description;

const isObjectField = (field: z.core.$ZodType): boolean => field._zod.def.type === 'object';

/**
 * Reads a call's arguments against the tool's schema, forgiving what can be forgiven with a warning.
 * Throws RenderError INVALID_REQUEST naming the first wrong argument, with all of them in `issues`.
 */
export function readArguments<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  raw: unknown,
): ReadArguments<z.output<z.ZodObject<Shape>>> {
  const given = typeof raw === 'object' && raw !== null ? Object.entries(raw) : [];
  const fields = new Map<string, z.core.$ZodType>(Object.entries(schema.shape));
  const values: Record<string, unknown> = {};
  const unknown: string[] = [];
  const rewritten: string[] = [];
  for (const [name, value] of given) {
    const field = fields.get(name);
    if (!field) {
      if (!NOISE.has(name)) unknown.push(name);
    } else if (!isLeftOpen(value, field)) {
      const parsed = isObjectField(field) ? parseIfObjectText(value) : value;
      if (parsed !== value) rewritten.push(`${name} was JSON text; pass it as an object.`);
      values[name] = parsed;
    }
  }

  const warnings = [...unknownWarnings(unknown, [...fields.keys()]), ...rewritten];
  const deep = Object.keys(values).find((name) => isTooDeep(values[name]));
  if (deep !== undefined) throw tooDeep(deep);

  const result = schema.safeParse(values);
  if (result.success) {
    // A parser drops what it must not copy (a key named __proto__); a request belongs to its provider, whole.
    const whole = Object.entries(values).filter(([name]) => isObjectField(fields.get(name) ?? schema));
    return { args: { ...result.data, ...Object.fromEntries(whole) }, warnings };
  }
  const issues = result.error.issues.map((issue) => {
    const name = String(issue.path[0] ?? '');
    return { field: name, message: describe(issue, name, values[name]) };
  });
  const field = issues[0]?.field ?? '';
  const description = describeField(fields.get(field))?.replace(/\.$/, '');
  throw new RenderError({
    code: 'INVALID_REQUEST',
    message: [...issues.map((issue) => issue.message), ...warnings].join(' '),
    field,
    issues,
    remedy: `Correct ${field} and call again${description === undefined ? '.' : `: ${description}.`}`,
  });
}
