import type { ErrorIssue } from '@renderq/core';

const MOST_ISSUES = 20;

interface Subject {
  readonly path: readonly string[];
  readonly value: unknown;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The part of the request that a schema is about. Rendobar's catalogue describes the `params` of a job type
 * (Rendobar job type pages), PhantomFlow's schema the whole movie script.
 */
function subjectOf(schema: object, request: unknown): Subject {
  const whole = { path: ['request'], value: request };
  if (!isObject(request) || typeof request.type !== 'string') return whole;
  const describesBody = 'properties' in schema && isObject(schema.properties) && 'params' in schema.properties;
  return describesBody ? whole : { path: ['request', 'params'], value: request.params ?? {} };
}

/** `/scenes/0/duration` of a JSON pointer as the steps that it names. */
const stepsOf = (pointer: string): readonly string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));

/**
 * What the provider's own JSON Schema has against a request; at most 20 issues.
 * Throws when the schema itself cannot be compiled.
 */
export async function schemaIssues(schema: object, request: unknown): Promise<readonly ErrorIssue[]> {
  const { Ajv2020 } = await import('ajv/dist/2020.js');
  const ajv = new Ajv2020({ strict: false, validateSchema: false, validateFormats: false, allErrors: true });
  const validate = ajv.compile(schema);
  const { path, value } = subjectOf(schema, request);
  if (validate(value)) return [];
  return (validate.errors ?? []).slice(0, MOST_ISSUES).map(({ instancePath, message, params, keyword }) => {
    const named = keyword === 'required' ? params.missingProperty : params.additionalProperty;
    return {
      field: [...path, ...stepsOf(instancePath), ...(typeof named === 'string' ? [named] : [])].join('.'),
      message: keyword === 'required' ? 'is required' : (message ?? 'is not valid'),
    };
  });
}
