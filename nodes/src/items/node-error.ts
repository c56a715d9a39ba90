import type { ErrorRecord, RenderErrorCode } from '@renderq/core';
import { type INode, type JsonObject, NodeApiError } from 'n8n-workflow';
import { toData } from './to-data.ts';

type Cause =
  | 'rate-limited'
  | 'quota-exhausted'
  | 'temporarily-unavailable'
  | 'credential-invalid'
  | 'configuration-invalid'
  | 'node-defect';

/** n8n's own words for why a node failed (n8n-workflow 2.37: Failure); older versions ignore them. */
const CAUSES: Readonly<Partial<Record<RenderErrorCode, Cause>>> = {
  RATE_LIMITED: 'rate-limited',
  CONCURRENCY_LIMITED: 'rate-limited',
  QUEUE_FULL: 'temporarily-unavailable',
  INSUFFICIENT_CREDITS: 'quota-exhausted',
  PROVIDER_ERROR: 'temporarily-unavailable',
  NETWORK: 'temporarily-unavailable',
  UNAUTHENTICATED: 'credential-invalid',
  FORBIDDEN: 'credential-invalid',
  ACCOUNT_SUSPENDED: 'credential-invalid',
  NOT_FOUND: 'configuration-invalid',
  INVALID_REQUEST: 'configuration-invalid',
  PLAN_LIMIT: 'configuration-invalid',
  INTERNAL: 'node-defect',
};

/** The causes for which n8n takes a time to wait. */
const TIMED: ReadonlySet<Cause> = new Set(['rate-limited', 'quota-exhausted', 'temporarily-unavailable']);

/**
 * The error that stops a workflow: what happened, to which item, and what to do. The whole record stands in its context,
 * where an error workflow finds the code.
 * @param note what else the reader must know, for example which jobs had been submitted already.
 */
export function toNodeError(node: INode, record: ErrorRecord, itemIndex?: number, note?: string): NodeApiError {
  const { code, message, remedy, httpStatus, providerCode, field } = record;
  const where = itemIndex === undefined ? '' : ` [item ${itemIndex}]`;
  // What a schema says of a field begins in the middle of a sentence: "is required".
  const told = field !== undefined && /^[a-z]/.test(message) ? `${field} ${message}` : message;
  const title = `${told.replace(/\.$/, '')}${where}`;
  const codes = providerCode === undefined || providerCode === code ? code : `${code}, ${providerCode}`;
  const about = field === undefined ? codes : `${codes}; field: ${field}`;
  const description = [remedy, `(${about})`, ...(note === undefined ? [] : [note])].join(' ');
  const error = new NodeApiError(node, { message } satisfies JsonObject, {
    message: title,
    description,
    ...(itemIndex !== undefined && { itemIndex }),
    ...(httpStatus !== undefined && { httpCode: String(httpStatus) }),
    ...failureOf(record),
  });
  // n8n puts a sentence of its own in place of one in which it finds a word like EPERM, also inside of other words.
  error.message = title;
  Object.assign(error.context, toData(record));
  return error;
}

function failureOf({ code, retryAfterMs }: ErrorRecord): object {
  const cause = CAUSES[code];
  if (cause === undefined) return {};
  const wait = TIMED.has(cause) && retryAfterMs !== undefined ? { retryAfterMs } : {};
  return { failure: { cause, ...wait } };
}
