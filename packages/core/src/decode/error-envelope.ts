import { cleanText } from '../errors/redact.ts';
import type { ErrorIssue } from '../errors/render-error.ts';
import { definedFields } from './defined-fields.ts';
import { asObject, type JsonObject } from './json-body.ts';
import { readNumber, readText } from './scalars.ts';

/** The longest provider message, code and field that is kept, in characters. */
const MAX_MESSAGE = 500;
const MAX_CODE = 64;
const MAX_FIELD = 200;
const MAX_DETAIL = 300;
const MAX_ISSUES = 20;

/** What a provider's error says, cleaned and bounded, before any table gives it meaning. */
export interface ErrorFacts {
  readonly providerCode?: string;
  readonly message?: string;
  readonly field?: string;
  readonly issues?: readonly ErrorIssue[];
  readonly required?: number;
  readonly balance?: number;
  readonly jobId?: string;
  readonly requestId?: string;
  /** Rendobar: authoritative for the job that carries it. */
  readonly retryable?: boolean;
  readonly retryAfterMs?: number;
  /** The limit that a plan refusal names, where it names one apart from the message. */
  readonly limitName?: string;
}

/**
 * The error that an answer's body carries, in any of the shapes seen in the field: `{ error: { ... } }`,
 * `{ error: "text" }`, `{ errors: [...] }`, or the fields bare. Undefined when the body holds no error at all.
 */
export function findError(body: unknown): JsonObject | undefined {
  const root = asObject(body);
  if (root === undefined) return undefined;
  const nested = asObject(root.error) ?? asObject(asObject(root.data)?.error);
  if (nested !== undefined) return nested;
  if (typeof root.error === 'string') return { ...errorFromText(root.error), ...withoutError(root) };
  if (Array.isArray(root.errors)) return { details: root.errors, ...asObject(root.errors[0]), ...root };
  return isBareError(root) ? root : undefined;
}

/** An error that is only a text: either the code itself or the message. */
export function errorFromText(text: string): JsonObject {
  return /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/.test(text.trim()) ? { code: text.trim() } : { message: text };
}

function withoutError({ error: _text, ...rest }: JsonObject): JsonObject {
  return rest;
}

function isBareError(root: JsonObject): boolean {
  return typeof root.code === 'string' || typeof root.message === 'string' || typeof root.detail === 'string';
}

/** Reads one error object. `body` is the answer around it, where some servers put the request id. */
export function readErrorFacts(error: JsonObject, body?: unknown): ErrorFacts {
  const details = asObject(error.details) ?? {};
  const issues = readIssues(error);
  const root = asObject(body) ?? {};
  const firstOf = (...keys: readonly string[]) =>
    [error, details, root]
      .flatMap((source) => keys.map((key) => source[key]))
      .find((value) => value !== undefined && value !== null);
  const seconds = readNumber(firstOf('retryAfter', 'retry_after'));
  const retryable = error.retryable;
  return definedFields({
    providerCode: bounded(error.code ?? error.error_code ?? error.errorCode, MAX_CODE),
    message: readMessage(error),
    field:
      readField(error.path) ?? readField(details.path) ?? readField(error.field ?? details.field) ?? issues[0]?.field,
    issues: issues.length > 0 ? issues : undefined,
    required: readNumber(firstOf('required')),
    balance: readNumber(firstOf('balance')),
    jobId: bounded(details.jobId ?? details.job_id ?? error.jobId ?? error.job_id, MAX_FIELD),
    requestId: bounded(firstOf('requestId', 'request_id'), MAX_FIELD),
    retryable: typeof retryable === 'boolean' ? retryable : undefined,
    retryAfterMs: seconds !== undefined && seconds >= 0 ? Math.min(seconds * 1000, 86_400_000) : undefined,
    limitName: bounded(details.limit ?? details.reason, MAX_FIELD),
  });
}

/** The message, and what the tool itself said where the provider tells it apart (Rendobar job page: `detail`). */
function readMessage(error: JsonObject): string | undefined {
  const message = bounded(error.message ?? error.error_message ?? error.errorMessage, MAX_MESSAGE);
  // Of a log, the end says why it ended.
  const detail = typeof error.detail === 'string' ? bounded(error.detail.slice(-MAX_DETAIL), MAX_DETAIL) : undefined;
  if (message === undefined || detail === undefined || message.includes(detail)) return message ?? detail;
  return bounded(`${message}: ${detail}`, MAX_MESSAGE);
}

/** Cleaned text, or undefined when nothing is left of it. */
function bounded(value: unknown, maxLength: number): string | undefined {
  const text = readText(value);
  return text === undefined ? undefined : cleanText(text, maxLength) || undefined;
}

/** A dotted path out of text or out of an array of steps. */
function readField(value: unknown): string | undefined {
  const text = Array.isArray(value)
    ? value
        .slice(0, 40)
        .map(readText)
        .filter((step) => step !== undefined)
        .join('.')
    : value;
  return bounded(text, MAX_FIELD);
}

/** Rendobar's `details` is an array of problems, or one of `{ field, reason }`; both become issues. */
function readIssues(error: JsonObject): readonly ErrorIssue[] {
  const { details, errors, issues } = error;
  const listed = [details, asObject(details)?.issues, errors, issues].find(Array.isArray) as unknown[] | undefined;
  const entries = listed ?? (asObject(details)?.reason === undefined ? [] : [details]);
  return entries.slice(0, MAX_ISSUES).flatMap((entry) => {
    const object = asObject(entry);
    const field = readField(object?.path) ?? readField(object?.field);
    if (field === undefined) return [];
    return [{ field, message: bounded(object?.message ?? object?.reason, MAX_MESSAGE) ?? 'Not accepted.' }];
  });
}
