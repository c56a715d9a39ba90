import type { ErrorDialect, ProviderErrorRow } from '../contract/provider.ts';
import { ERROR_CODES, type RenderErrorCode } from '../errors/codes.ts';
import { codeForStatus } from '../errors/from-status.ts';
import { cleanText } from '../errors/redact.ts';
import { RenderError } from '../errors/render-error.ts';
import type { HttpResponse } from '../ports/http-transport.ts';
import { definedFields } from './defined-fields.ts';
import { type ErrorFacts, findError, readErrorFacts } from './error-envelope.ts';
import { parseJson } from './json-body.ts';
import { readRateWindow, readRetryAfter } from './rate-headers.ts';

const REQUEST_ID_HEADERS = ['x-request-id', 'x-requestid', 'request-id', 'cf-ray'] as const;

/** The table's row for a code, found whatever its case; undefined for a code that the table does not know. */
export function findErrorRow(
  dialect: ErrorDialect,
  facts: ErrorFacts,
  httpStatus?: number,
): ProviderErrorRow | undefined {
  const code = facts.providerCode?.toUpperCase();
  const row = code !== undefined && Object.hasOwn(dialect.rows, code) ? dialect.rows[code] : undefined;
  if (code === undefined || row === undefined) return undefined;
  return dialect.refine?.({ code, row, facts, ...(httpStatus !== undefined && { httpStatus }) }) ?? row;
}

/**
 * The typed error that an answer means: by the provider's table where it knows the code, else by the HTTP status.
 * Never throws, whatever the body holds. Without `nowMs` a Retry-After date counts only against the answer's own date.
 */
export function readErrorAnswer(dialect: ErrorDialect, response: HttpResponse, nowMs?: number): RenderError {
  const body = parseJson(response.body);
  const error = findError(body);
  const facts: ErrorFacts = error === undefined ? {} : readErrorFacts(error, body);
  const row = findErrorRow(dialect, facts, response.status);
  const code = row?.code ?? codeForStatus(response.status);
  const { limitName: _refined, retryAfterMs: _stated, ...stated } = facts;
  return new RenderError({
    code,
    ...definedFields({
      retryAfterMs: waitAsked(code, response, facts, nowMs),
      requestId: headerRequestId(response),
      remedy: row?.remedy ?? (error === undefined ? foreignRemedy(code) : undefined),
      retryable: row?.retryable,
    }),
    ...stated,
    message: facts.message ?? row?.meaning ?? foreignMessage(dialect.provider, response, error !== undefined),
    provider: dialect.provider,
    httpStatus: response.status,
  });
}

/** A 2xx answer that does not hold what it must. */
export function badAnswer(dialect: ErrorDialect, response: HttpResponse, missing: string): RenderError {
  return new RenderError({
    code: 'BAD_RESPONSE',
    message: `${describe(dialect.provider, response)} and held ${missing}.`,
    ...definedFields({ requestId: headerRequestId(response) }),
    provider: dialect.provider,
    httpStatus: response.status,
  });
}

function waitAsked(
  code: RenderErrorCode,
  response: HttpResponse,
  facts: ErrorFacts,
  nowMs: number | undefined,
): number | undefined {
  const asked = readRetryAfter(response.headers, nowMs) ?? facts.retryAfterMs;
  // The window's reset says when requests are welcome again; it says nothing of slots or queues.
  if (asked !== undefined || code !== 'RATE_LIMITED') return asked;
  return readRateWindow(response.headers, nowMs).resetInMs;
}

function headerRequestId(response: HttpResponse): string | undefined {
  const name = REQUEST_ID_HEADERS.find((header) => response.headers[header]);
  return name === undefined ? undefined : cleanText(response.headers[name] ?? '', 200) || undefined;
}

function describe(provider: string, response: HttpResponse): string {
  const type = cleanText(response.headers['content-type']?.split(';')[0] ?? '', 60);
  const kind = response.body.trim() === '' ? ', empty body' : type === '' ? '' : `, ${type}`;
  return `${provider} answered HTTP ${response.status}${kind}`;
}

function foreignMessage(provider: string, response: HttpResponse, hasEnvelope: boolean): string {
  const what = describe(provider, response);
  if (hasEnvelope) return `${what}, with an error that gives no message.`;
  if (response.status >= 300 && response.status < 400) return `${what}: a redirect, which is never followed.`;
  return `${what}: not an answer of this API, perhaps one of a proxy on the way.`;
}

/** "Not found" without the provider's envelope is about the address, not about a job. */
function foreignRemedy(code: RenderErrorCode): string | undefined {
  return code === 'NOT_FOUND' || code === 'INVALID_REQUEST' ? ERROR_CODES.BAD_RESPONSE.remedy : undefined;
}
