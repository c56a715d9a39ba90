import type { RenderProvider, ValidationIssue } from '../contract/provider.ts';
import type { SchemaSource, ValidationReport } from '../contract/validation.ts';
import { definedFields } from '../decode/defined-fields.ts';
import { asObject } from '../decode/json-body.ts';
import type { ErrorRecord } from '../errors/error-record.ts';
import { asRenderError } from '../errors/internal.ts';
import { RenderError } from '../errors/render-error.ts';
import { schemaCheck } from './schema-check.ts';

/**
 * Holds a request against its shape and against the schema that the provider serves, or the bundled one where that cannot
 * be had or used. Never throws for the want of a schema.
 * @throws {RenderError} CANCELLED when the caller gave up.
 */
export async function validateRequest(
  provider: RenderProvider,
  request: unknown,
  fetchSchema: () => Promise<object | undefined>,
): Promise<ValidationReport> {
  const body = asSent(request);
  if (body === undefined) return bundledReport(provider, request, body);
  let live: object | undefined;
  try {
    live = await fetchSchema();
  } catch (error) {
    const fault = asRenderError(error);
    if (fault.code === 'CANCELLED') throw fault;
    return bundledReport(provider, request, body, fault.record);
  }
  return liveReport(provider, request, body, live);
}

/** The same with a schema that is at hand; undefined where the provider serves none. */
export function validateAgainst(
  provider: RenderProvider,
  request: unknown,
  live: object | undefined,
): ValidationReport {
  return liveReport(provider, request, asSent(request), live);
}

/**
 * Holds a request against its shape and the bundled schema: no account, no request, no waiting.
 * @throws {RenderError} INVALID_REQUEST with field `provider` when that is no provider. What is wrong with the request is
 * told in the report.
 */
export function validateOffline(
  provider: RenderProvider,
  request: unknown,
  schemaError?: ErrorRecord,
): ValidationReport {
  if (typeof provider?.check !== 'function' || typeof provider.bundledSchema !== 'function') throw noProvider();
  return bundledReport(provider, request, asSent(request), schemaError);
}

/** @param body The request as it would arrive, which takes long to find out of a large one: once is enough. */
function liveReport(
  provider: RenderProvider,
  request: unknown,
  body: object | undefined,
  live: object | undefined,
): ValidationReport {
  if (body === undefined || live === undefined) return bundledReport(provider, request, body);
  const found = problems(provider, live, body);
  if (found === undefined) return bundledReport(provider, request, body, unusable(provider));
  return report('live', [...provider.check(body), ...found, ...besides(provider, live, body)]);
}

function bundledReport(
  provider: RenderProvider,
  request: unknown,
  body: object | undefined,
  schemaError?: ErrorRecord,
): ValidationReport {
  if (body === undefined) {
    const [first = { field: 'request', message: 'The request cannot be written as JSON.' }] = provider.check(request);
    return report('none', [first], schemaError);
  }
  const schema = provider.bundledSchema(body);
  const found = schema === undefined ? undefined : problems(provider, schema, body);
  return report(found === undefined ? 'none' : 'bundled', [...provider.check(body), ...(found ?? [])], schemaError);
}

/** The request as it would arrive: without functions and fields that are undefined. Undefined where it is no JSON object. */
function asSent(request: unknown): object | undefined {
  try {
    return asObject(JSON.parse(JSON.stringify(request)));
  } catch {
    return undefined;
  }
}

function problems(provider: RenderProvider, schema: object, body: object): readonly ValidationIssue[] | undefined {
  const { path, value } = provider.schemaSubject(schema, body);
  return schemaCheck(schema)(value)?.map(({ field, message }) => ({
    field: [...path, ...(field === '' ? [] : [field])].join('.') || 'request',
    message,
  }));
}

/** What the bundled schema has against those parts of the request that the served one is silent about. */
function besides(provider: RenderProvider, live: object, body: object): readonly ValidationIssue[] {
  const { path } = provider.schemaSubject(live, body);
  const bundled = provider.bundledSchema(body);
  if (path.length === 0 || bundled === undefined) return [];
  const covered = path.join('.');
  return (problems(provider, bundled, body) ?? []).filter(
    ({ field }) => field !== covered && !field.startsWith(`${covered}.`),
  );
}

/** One problem per field: the check of the shape speaks first, and more plainly. */
function report(source: SchemaSource, issues: readonly ValidationIssue[], schemaError?: ErrorRecord): ValidationReport {
  const first = new Map<string, ValidationIssue>();
  for (const issue of issues) if (!first.has(issue.field)) first.set(issue.field, issue);
  return {
    valid: first.size === 0,
    issues: [...first.values()],
    checkedAgainst: source,
    ...definedFields({ schemaError }),
  };
}

function unusable({ id, displayName }: RenderProvider): ErrorRecord {
  return new RenderError({
    code: 'BAD_RESPONSE',
    message: `The schema that ${displayName} serves cannot be checked against.`,
    provider: id,
    remedy: 'Rely on the bundled schema for now, and on what the provider answers to the submit.',
  }).record;
}

function noProvider(): RenderError {
  return new RenderError({
    code: 'INVALID_REQUEST',
    message: 'The first argument must be a provider.',
    field: 'provider',
    remedy: 'Pass what findProvider("rendobar") or findProvider("phantomflow") gives, or the provider of a client.',
  });
}
