import type { ErrorDialect, ProviderErrorRow } from '../../contract/provider.ts';

const PAGE = 'PhantomFlow error page';

/** Every error code of PhantomFlow's error page. */
export const PHANTOMFLOW_ERRORS = {
  INVALID_JSON: {
    httpStatus: 400,
    code: 'INVALID_REQUEST',
    meaning: 'The request body is not valid JSON.',
    retryable: false,
    remedy: 'Send the movie script as valid JSON.',
    source: PAGE,
  },
  SCHEMA_VALIDATION_ERROR: {
    httpStatus: 400,
    code: 'INVALID_REQUEST',
    meaning: 'The movie script does not match the expected schema.',
    retryable: false,
    remedy:
      'Correct the place that the field names, validate the script against GET /api/render/schema, and submit again.',
    source: PAGE,
  },
  VALIDATION_ERROR: {
    httpStatus: 400,
    code: 'INVALID_REQUEST',
    meaning: 'A field of the request is not valid, for example an empty template name.',
    retryable: false,
    remedy: 'Correct the field that the message names and submit again.',
    source: PAGE,
  },
  INVALID_REQUEST: {
    httpStatus: 400,
    code: 'INVALID_REQUEST',
    meaning: 'A required field is missing or invalid, for example template_id.',
    retryable: false,
    remedy: 'Add the required field that the message names and submit again.',
    source: PAGE,
  },
  UNAUTHORIZED: {
    httpStatus: 401,
    code: 'UNAUTHENTICATED',
    meaning: 'The API key is missing, invalid or revoked.',
    retryable: false,
    remedy: 'Set a valid PhantomFlow API key (ve_live_... or ve_test_...): it travels in the x-api-key header.',
    source: PAGE,
  },
  INSUFFICIENT_CREDITS: {
    httpStatus: 402,
    code: 'INSUFFICIENT_CREDITS',
    meaning: 'The account holds fewer credits than the render is estimated to cost.',
    retryable: false,
    remedy: 'Top up in the billing dashboard of PhantomFlow, or shorten the movie: one credit is one second of output.',
    source: PAGE,
  },
  FORBIDDEN: {
    httpStatus: 403,
    code: 'FORBIDDEN',
    meaning: "The key may not use this resource, for example another user's template.",
    retryable: false,
    remedy: 'Use a resource of your own, or one that is public.',
    source: PAGE,
  },
  NOT_FOUND: {
    httpStatus: 404,
    code: 'NOT_FOUND',
    meaning: 'The job or template does not exist or belongs to somebody else.',
    retryable: false,
    remedy: 'Check the id, and that the key belongs to the account that owns it.',
    source: PAGE,
  },
  TEMPLATE_NOT_FOUND: {
    httpStatus: 404,
    code: 'NOT_FOUND',
    meaning: 'The template_id of the render does not exist.',
    retryable: false,
    remedy: 'Take the template_id from GET /api/templates and submit again.',
    source: PAGE,
  },
  RATE_LIMIT_EXCEEDED: {
    httpStatus: 429,
    code: 'RATE_LIMITED',
    meaning: 'The account sent too many requests in the time window.',
    retryable: true,
    remedy: 'Send nothing for the time in Retry-After (retryAfterMs); the whole account is affected.',
    source: PAGE,
  },
  CONCURRENCY_LIMIT_EXCEEDED: {
    httpStatus: 429,
    code: 'CONCURRENCY_LIMITED',
    meaning: 'As many render jobs are running as the plan allows.',
    retryable: true,
    remedy: 'Wait until a running job of the account ends, then submit again.',
    source: PAGE,
  },
  INTERNAL_ERROR: {
    httpStatus: 500,
    code: 'PROVIDER_ERROR',
    meaning: 'An unexpected fault on the side of PhantomFlow.',
    retryable: true,
    remedy: 'Try again with growing pauses; contact the support of PhantomFlow if it persists.',
    source: PAGE,
  },
  RENDER_FAILED: {
    httpStatus: 500,
    code: 'RENDER_FAILED',
    meaning: 'The render failed: an FFmpeg error, a source that cannot be used, or the like.',
    retryable: false,
    remedy:
      'Read the message; check that every src URL is public, has not expired and returns media of a supported format.',
    source: PAGE,
  },
} as const satisfies Record<string, ProviderErrorRow>;

/** PhantomFlow's own error codes, as its page spells them. */
export type PhantomFlowErrorCode = keyof typeof PHANTOMFLOW_ERRORS;

declare module '../../errors/provider-code.ts' {
  interface ProviderErrorCodes {
    readonly phantomflow: PhantomFlowErrorCode;
  }
}

export const PHANTOMFLOW_DIALECT: ErrorDialect = { provider: 'phantomflow', rows: PHANTOMFLOW_ERRORS };
