import type { RenderErrorCode } from './codes.ts';

const BY_STATUS: Readonly<Record<number, RenderErrorCode>> = {
  400: 'INVALID_REQUEST',
  401: 'UNAUTHENTICATED',
  402: 'INSUFFICIENT_CREDITS',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  408: 'PROVIDER_ERROR',
  409: 'CONFLICT',
  410: 'OUTPUT_EXPIRED',
  413: 'PLAN_LIMIT',
  422: 'INVALID_REQUEST',
  429: 'RATE_LIMITED',
};

/** What an answer means when its status is all that can be understood of it. */
export function codeForStatus(status: number): RenderErrorCode {
  return BY_STATUS[status] ?? (status >= 500 && status <= 599 ? 'PROVIDER_ERROR' : 'BAD_RESPONSE');
}
