import { Validator } from '@cfworker/json-schema';
import { asObject } from '../decode/json-body.ts';
import { cleanText } from '../errors/redact.ts';
import type { ErrorIssue } from '../errors/render-error.ts';
import { explainFailures } from './explain-failures.ts';
import { prepareSchema } from './prepare-schema.ts';

/** The most problems that one check tells of, and the longest text of each, in characters. */
const MOST_ISSUES = 20;
const LONGEST_FIELD = 200;
const LONGEST_MESSAGE = 300;

/** The problems of a value, empty where there is none; undefined where the schema turned out to be unusable. */
export type SchemaCheck = (value: unknown) => readonly ErrorIssue[] | undefined;

const UNUSABLE: SchemaCheck = () => undefined;
const checks = new WeakMap<object, SchemaCheck>();

/**
 * The check of a JSON Schema (draft-04 to 2020-12), compiled once per schema object. It never throws, evaluates no code
 * and takes bounded time, whatever the schema holds. Fields are dotted paths with zero-based indices, for example
 * `scenes.0.duration`; that of the value itself is empty.
 */
export function schemaCheck(schema: object): SchemaCheck {
  const known = checks.get(schema);
  if (known !== undefined) return known;
  const check = compile(schema);
  checks.set(schema, check);
  return check;
}

function compile(source: object): SchemaCheck {
  try {
    const prepared = prepareSchema(source);
    if (prepared === undefined) return UNUSABLE;
    const { schema, draft, restart } = prepared;
    const validator = new Validator(schema, draft, false);
    return (value) => {
      restart();
      try {
        const { valid, errors } = validator.validate(value);
        return valid ? [] : toIssues(explainFailures(errors, asObject(schema) ?? {}, value));
      } catch {
        // An unresolved reference, a type that does not exist, or a schema that works without end.
        return undefined;
      }
    };
  } catch {
    return UNUSABLE;
  }
}

function toIssues(failures: ReturnType<typeof explainFailures>): readonly ErrorIssue[] {
  const issues = new Map<string, ErrorIssue>();
  for (const { path, message } of failures) {
    const field = cleanText(path.join('.'), LONGEST_FIELD);
    const issue = { field, message: cleanText(message, LONGEST_MESSAGE) };
    issues.set(`${field}\n${issue.message}`, issue);
    if (issues.size >= MOST_ISSUES) break;
  }
  return [...issues.values()];
}
