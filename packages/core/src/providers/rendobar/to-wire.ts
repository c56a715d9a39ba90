import type { ListOptions, SchemaSubject, ValidationIssue, WireCall } from '../../contract/provider.ts';
import { jobPathSegment } from '../../decode/job-id.ts';
import { asObject } from '../../decode/json-body.ts';

/** The largest page that GET /jobs gives (Rendobar limits page). */
const MAX_PAGE = 100;

/** The request goes as it is; the idempotency key is a field of its body, and one that stands there already wins. */
export function submitCall(request: unknown, options: { readonly idempotencyKey?: string }): WireCall {
  const body = asObject(request);
  const key = body?.idempotencyKey ?? options.idempotencyKey;
  return {
    method: 'POST',
    path: '/jobs',
    body: body === undefined || key === undefined ? request : { ...body, idempotencyKey: key },
  };
}

/** Jobs of one type take about as long as each other. */
export function kindOf(request: unknown): string {
  return String(asObject(request)?.type ?? '');
}

/** Rendobar callbacks page: the callback stands in the request itself. Webhook endpoints of the account are not seen here. */
export function announces(request: unknown): boolean {
  return asObject(request)?.callback !== undefined;
}

export function getCall(jobId: string): WireCall {
  return { method: 'GET', path: `/jobs/${jobPathSegment(jobId)}` };
}

export function listCall({ limit = 50 }: ListOptions): WireCall {
  return { method: 'GET', path: `/jobs?limit=${Math.min(MAX_PAGE, Math.max(1, Math.trunc(limit) || 1))}` };
}

export function cancelCall(jobId: string): WireCall {
  return { method: 'POST', path: `/jobs/${jobPathSegment(jobId)}/cancel` };
}

export function schemaCall(request: unknown): WireCall | null {
  const type = asObject(request)?.type;
  if (typeof type !== 'string' || type.trim() === '' || !type.isWellFormed()) return null;
  return { method: 'GET', path: `/jobs/types/${encodeURIComponent(type)}/schema` };
}

/** Only what is certain without asking: the provider's own words on the rest are better than ours. */
export function checkRequest(request: unknown): readonly ValidationIssue[] {
  const body = asObject(request);
  if (body === undefined) return [{ field: 'request', message: 'The request must be a JSON object with a job type.' }];
  const issues: ValidationIssue[] = [];
  if (typeof body.type !== 'string' || body.type.trim() === '') {
    issues.push({ field: 'type', message: 'A job type is required, for example "ffmpeg".' });
  }
  for (const field of ['inputs', 'params']) {
    if (body[field] !== undefined && asObject(body[field]) === undefined) {
      issues.push({ field, message: `"${field}" must be an object.` });
    }
  }
  return issues;
}

/**
 * The catalogue's schema is about the `params` of a job type (Rendobar API reference: GET /jobs/types/{type}/schema),
 * unless it speaks of `params` itself: then it is about the whole body.
 */
export function schemaSubject(schema: object, request: unknown): SchemaSubject {
  const describesBody = asObject(asObject(schema)?.properties)?.params !== undefined;
  return describesBody ? { path: [], value: request } : { path: ['params'], value: asObject(request)?.params ?? {} };
}
