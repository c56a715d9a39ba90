import type { ErrorDialect, ProviderErrorRow } from '../../contract/provider.ts';
import { ERROR_CODES } from '../../errors/codes.ts';
import { codeForStatus } from '../../errors/from-status.ts';

const PAGE = 'Rendobar error page';
const LATER = 'Rendobar error page (later edition)';
const JOB = 'Rendobar job page';

/** Every error code of Rendobar's pages. A status of null: the code is seen inside jobs only, or its status is not told. */
export const RENDOBAR_ERRORS = {
  UNAUTHORIZED: {
    httpStatus: 401,
    code: 'UNAUTHENTICATED',
    meaning: 'The API key is missing or not valid.',
    retryable: false,
    remedy: 'Set a valid Rendobar API key (rb_...): it travels in the Authorization header as a bearer token.',
    source: PAGE,
  },
  FORBIDDEN: {
    httpStatus: 403,
    code: 'FORBIDDEN',
    meaning: 'The key is valid but may not use this resource.',
    retryable: false,
    remedy: 'Use a key of the organization that owns the resource, or one with more rights.',
    source: PAGE,
  },
  VALIDATION_ERROR: {
    httpStatus: 400,
    code: 'INVALID_REQUEST',
    meaning: 'The body does not fit the schema of the job type.',
    retryable: false,
    remedy:
      "Correct the field that the error names, against the job type's schema (GET /jobs/types/{type}/schema), and submit again.",
    source: PAGE,
  },
  INVALID_JOB_TYPE: {
    httpStatus: 400,
    code: 'INVALID_REQUEST',
    meaning: 'The job type does not exist or is not on the plan.',
    retryable: false,
    remedy: 'Choose a job type from GET /jobs/types that the plan includes.',
    source: PAGE,
  },
  INSUFFICIENT_CREDITS: {
    httpStatus: 402,
    code: 'INSUFFICIENT_CREDITS',
    meaning: 'The balance does not cover the job.',
    retryable: false,
    remedy: 'Top up at https://app.rendobar.com/billing, then submit again.',
    source: PAGE,
  },
  PLAN_LIMIT: {
    httpStatus: 403,
    code: 'PLAN_LIMIT',
    meaning: 'A limit of the plan is hit: concurrency, file size, duration or hardware.',
    retryable: false,
    remedy: 'Stay within the limits of the plan that the message names, or upgrade the plan.',
    source: PAGE,
  },
  RATE_LIMITED: {
    httpStatus: 429,
    code: 'RATE_LIMITED',
    meaning: 'The account sent more requests in a minute than its plan allows.',
    retryable: true,
    remedy: 'Send nothing for the time in Retry-After (retryAfterMs), then go on more slowly.',
    source: PAGE,
  },
  NOT_FOUND: {
    httpStatus: 404,
    code: 'NOT_FOUND',
    meaning: 'The resource does not exist or belongs to another organization.',
    retryable: false,
    remedy: "Check the job id, and that the key belongs to the job's organization.",
    source: PAGE,
  },
  CONFLICT: {
    httpStatus: 409,
    code: 'CONFLICT',
    meaning: 'The request does not fit the current state, for example cancelling a job that has ended.',
    retryable: false,
    remedy: 'Read the job first; where an idempotency key is bound to an ended job, submit with a new key.',
    source: PAGE,
  },
  RUNNER_ERROR: {
    httpStatus: 502,
    code: 'RENDER_FAILED',
    meaning: 'Processing failed on the runner.',
    retryable: false,
    remedy: 'Read the message for what the tool reported, correct the command or its inputs, and submit a new job.',
    source: PAGE,
  },
  RUNNER_TIMEOUT: {
    httpStatus: 504,
    code: 'RENDER_TIMEOUT',
    meaning: 'The job did not finish in time. No credits were charged.',
    retryable: false,
    remedy: 'Submit a new job, with shorter work or a longer timeout; this one cost nothing.',
    source: PAGE,
  },
  ORG_SUSPENDED: {
    httpStatus: 403,
    code: 'ACCOUNT_SUSPENDED',
    meaning: 'The organization is suspended.',
    retryable: false,
    remedy: 'Write to hello@rendobar.com: the organization is suspended.',
    source: PAGE,
  },
  INTERNAL_ERROR: {
    httpStatus: 500,
    code: 'PROVIDER_ERROR',
    meaning: 'A fault on the side of Rendobar.',
    retryable: true,
    remedy: 'Try again later; if it persists, give the request id to the support of Rendobar.',
    source: PAGE,
  },
  STORAGE_QUOTA_EXCEEDED: {
    httpStatus: 402,
    code: 'PLAN_LIMIT',
    meaning: "The organization's storage is full.",
    retryable: false,
    remedy: 'Delete assets that are no longer needed, or upgrade the plan.',
    source: LATER,
  },
  FILE_TOO_LARGE: {
    httpStatus: 413,
    code: 'PLAN_LIMIT',
    meaning: 'An input file is larger than the plan allows.',
    retryable: false,
    remedy: 'Use a smaller input file, or a plan that allows larger ones.',
    source: LATER,
  },
  QUEUE_FULL: {
    httpStatus: 429,
    code: 'QUEUE_FULL',
    meaning: 'The backlog of the account is full.',
    retryable: false,
    remedy: 'Let queued jobs end before submitting more; do not repeat this submit automatically.',
    source: LATER,
  },
  QUEUE_EXPIRED: {
    httpStatus: 400,
    code: 'RENDER_TIMEOUT',
    meaning: 'The job waited too long to be started. It never ran.',
    retryable: true,
    remedy: 'Submit it again as a new job.',
    source: LATER,
  },
  GONE: {
    httpStatus: 410,
    code: 'OUTPUT_EXPIRED',
    meaning: 'The output is past its retention and has been deleted.',
    retryable: false,
    remedy: 'Render again, and download the output while it is kept.',
    source: LATER,
  },
  INPUT_URL_BLOCKED: {
    httpStatus: 400,
    code: 'INVALID_REQUEST',
    meaning: 'An input URL points to a private or link-local address.',
    retryable: false,
    remedy: 'Use a URL that is reachable from the public internet, or upload the file as an asset.',
    source: LATER,
  },
  INPUT_FETCH_FAILED: {
    httpStatus: 400,
    code: 'SOURCE_UNUSABLE',
    meaning: 'An input URL could not be downloaded.',
    retryable: false,
    remedy: 'Check that the input URL is public, has not expired and answers with the file, then submit again.',
    source: LATER,
  },
  INPUT_NOT_MEDIA: {
    httpStatus: 422,
    code: 'SOURCE_UNUSABLE',
    meaning: 'An input is not a media file.',
    retryable: false,
    remedy: 'Use an input URL that returns the media itself, not a web page about it.',
    source: LATER,
  },
  INPUT_UNSUPPORTED: {
    httpStatus: 422,
    code: 'SOURCE_UNUSABLE',
    meaning: 'An input is media of a kind that this job type does not take.',
    retryable: false,
    remedy: 'Use media of the kind that the job type takes, or convert it first.',
    source: LATER,
  },
  PROCESSING_FAILED: {
    httpStatus: 422,
    code: 'RENDER_FAILED',
    meaning: 'The input could be read, but no output could be made from it.',
    retryable: false,
    remedy: 'Read the message, change the parameters or the input, and submit a new job.',
    source: LATER,
  },
  UPSTREAM_ERROR: {
    httpStatus: 502,
    code: 'PROVIDER_ERROR',
    meaning: 'A service that Rendobar depends on failed.',
    retryable: true,
    remedy: 'Try again in a moment.',
    source: LATER,
  },
  NOT_CONFIGURED: {
    httpStatus: 503,
    code: 'PROVIDER_UNSUPPORTED',
    meaning: 'This capability is switched off at Rendobar.',
    retryable: false,
    remedy: 'Use another job type: a repeat does not help while the capability is switched off.',
    source: LATER,
  },
  NOT_IMPLEMENTED: {
    httpStatus: 501,
    code: 'PROVIDER_UNSUPPORTED',
    meaning: 'Rendobar has not built this operation yet.',
    retryable: false,
    remedy: 'Use another operation: this one does not exist yet.',
    source: LATER,
  },
  INSUFFICIENT_SCOPE: {
    httpStatus: 403,
    code: 'FORBIDDEN',
    meaning: 'The key lacks the scope that this call needs.',
    retryable: false,
    remedy: 'Make a key with the missing scope (for renders: jobs:write) in the Rendobar dashboard.',
    source: LATER,
  },
  HTTP_ERROR: {
    httpStatus: null,
    code: 'INVALID_REQUEST',
    meaning: 'The request could not be read as HTTP with a JSON body.',
    retryable: false,
    remedy: 'Check that the body is valid JSON and the path is right; the HTTP status tells more.',
    source: LATER,
  },
  JOB_TIMEOUT: {
    httpStatus: null,
    code: 'RENDER_TIMEOUT',
    meaning: 'The job ran past its time limit. The time used was billed.',
    retryable: false,
    remedy: 'Split or shorten the work, or raise params.timeout up to the limit of the plan, and submit a new job.',
    source: JOB,
  },
  INPUT_UNREADABLE: {
    httpStatus: null,
    code: 'SOURCE_UNUSABLE',
    meaning: 'An input is corrupt or of an unknown format.',
    retryable: false,
    remedy: 'Replace the input with a file that plays, and submit a new job.',
    source: JOB,
  },
  DISPATCH_EXHAUSTED: {
    httpStatus: null,
    code: 'PROVIDER_ERROR',
    meaning: 'No runner took the job after several tries. It never ran.',
    retryable: true,
    remedy: 'Submit it again as a new job, with a new idempotency key.',
    source: JOB,
  },
  DISPATCH_UNAVAILABLE: {
    httpStatus: null,
    code: 'PROVIDER_ERROR',
    meaning: 'No runner was available. The job never ran.',
    retryable: true,
    remedy: 'Submit it again as a new job, with a new idempotency key.',
    source: JOB,
  },
  DISPATCH_ERROR: {
    httpStatus: null,
    code: 'PROVIDER_ERROR',
    meaning: 'The job could not be handed to a runner. It never ran.',
    retryable: true,
    remedy: 'Submit it again as a new job, with a new idempotency key.',
    source: JOB,
  },
  PROVIDER_CLEARED: {
    httpStatus: null,
    code: 'PROVIDER_ERROR',
    meaning: 'The runner was cleared before the job started. It never ran.',
    retryable: true,
    remedy: 'Submit it again as a new job, with a new idempotency key.',
    source: JOB,
  },
  P1_EXECUTION_ERROR: {
    httpStatus: null,
    code: 'PROVIDER_ERROR',
    meaning: 'The execution could not be started. The job never ran.',
    retryable: true,
    remedy: 'Submit it again as a new job, with a new idempotency key.',
    source: JOB,
  },
  PROVIDER_CRASHED: {
    httpStatus: null,
    code: 'RENDER_FAILED',
    meaning: 'The runner crashed while it worked. The time used was billed.',
    retryable: false,
    remedy: 'Look at the memory and length of the work before submitting a new job: this one was billed.',
    source: JOB,
  },
  PROVIDER_ERROR: {
    httpStatus: 502,
    code: 'RENDER_FAILED',
    meaning: 'Processing failed on the runner (older name of RUNNER_ERROR).',
    retryable: false,
    remedy: 'Read the message for what the tool reported, correct the command or its inputs, and submit a new job.',
    source: JOB,
  },
  PROVIDER_TIMEOUT: {
    httpStatus: 504,
    code: 'RENDER_TIMEOUT',
    meaning: 'The job did not finish in time (older name of RUNNER_TIMEOUT).',
    retryable: false,
    remedy: 'Submit a new job, with shorter work or a longer timeout.',
    source: JOB,
  },
} as const satisfies Record<string, ProviderErrorRow>;

/** Rendobar's own error codes, as its pages spell them. */
export type RendobarErrorCode = keyof typeof RENDOBAR_ERRORS;

declare module '../../errors/provider-code.ts' {
  interface ProviderErrorCodes {
    readonly rendobar: RendobarErrorCode;
  }
}

const SPEAKS_OF_CONCURRENCY =
  /concurren|simultan|(?:running|active|parallel) jobs|jobs (?:running )?(?:in parallel|at (?:a|the same) time|at once)/i;

const CONCURRENCY_ROW: ProviderErrorRow = {
  ...RENDOBAR_ERRORS.PLAN_LIMIT,
  code: 'CONCURRENCY_LIMITED',
  meaning: 'As many jobs are running as the plan allows.',
  retryable: true,
  remedy: ERROR_CODES.CONCURRENCY_LIMITED.remedy,
};

/** Rendobar's table with its two ambiguous rows: PLAN_LIMIT covers concurrency too, and HTTP_ERROR covers any status. */
export const RENDOBAR_DIALECT: ErrorDialect = {
  provider: 'rendobar',
  rows: RENDOBAR_ERRORS,
  refine: ({ code, row, facts, httpStatus }) => {
    if (code === 'PLAN_LIMIT' && SPEAKS_OF_CONCURRENCY.test(`${facts.message ?? ''} ${facts.limitName ?? ''}`)) {
      return CONCURRENCY_ROW;
    }
    if (code === 'HTTP_ERROR' && httpStatus !== undefined && httpStatus >= 400) {
      const meant = codeForStatus(httpStatus);
      return meant === row.code ? row : { ...row, code: meant, ...ERROR_CODES[meant] };
    }
    return undefined;
  },
};
