/** Who can do something about an error: the caller's request, the account, capacity, the render, the provider, the wire, or renderq. */
export type ErrorCategory = 'request' | 'account' | 'capacity' | 'render' | 'provider' | 'transport' | 'renderq';

interface CodeFacts {
  readonly category: ErrorCategory;
  /** Whether the same call may succeed later without any change. A provider's own row or flag may be more exact. */
  readonly retryable: boolean;
  /** One sentence: what a person should do next. */
  readonly remedy: string;
}

/**
 * renderq's closed union of error codes, with what is true of a code whatever provider it came from.
 * Programs branch on these; the provider's own word stays beside it as `providerCode`.
 */
export const ERROR_CODES = {
  INVALID_REQUEST: {
    category: 'request',
    retryable: false,
    remedy: 'Correct the field that the error names and submit again.',
  },
  SOURCE_UNUSABLE: {
    category: 'request',
    retryable: false,
    remedy: 'Make sure that every source URL is public, has not expired and returns media of the expected kind.',
  },
  NOT_FOUND: {
    category: 'request',
    retryable: false,
    remedy: 'Check the id, and that it belongs to the account of this API key.',
  },
  CONFLICT: {
    category: 'request',
    retryable: false,
    remedy: 'Read the current state first: the request does not fit it.',
  },
  OUTPUT_EXPIRED: {
    category: 'request',
    retryable: false,
    remedy: 'Render again and download the output while it is kept.',
  },
  UNAUTHENTICATED: {
    category: 'account',
    retryable: false,
    remedy: 'Set a valid API key for this provider.',
  },
  FORBIDDEN: {
    category: 'account',
    retryable: false,
    remedy: 'Use a key that may access this resource, or ask its owner to share it.',
  },
  ACCOUNT_SUSPENDED: {
    category: 'account',
    retryable: false,
    remedy: "Contact the provider's support: the account is suspended.",
  },
  INSUFFICIENT_CREDITS: {
    category: 'account',
    retryable: false,
    remedy: "Top up the account's credits, then submit again.",
  },
  PLAN_LIMIT: {
    category: 'account',
    retryable: false,
    remedy: 'Stay within the limits of the plan (file size, duration, storage, hardware) or upgrade it.',
  },
  RATE_LIMITED: {
    category: 'capacity',
    retryable: true,
    remedy: 'Wait for the time given in retryAfterMs; the whole account is affected, not only this call.',
  },
  CONCURRENCY_LIMITED: {
    category: 'capacity',
    retryable: true,
    remedy: 'Wait until a running job of the account ends.',
  },
  QUEUE_FULL: {
    category: 'capacity',
    retryable: false,
    remedy: 'Let queued jobs finish before submitting more; do not repeat the submit automatically.',
  },
  RENDER_FAILED: {
    category: 'render',
    retryable: false,
    remedy: 'Read the message, correct the request or its sources, and submit a new job.',
  },
  RENDER_TIMEOUT: {
    category: 'render',
    retryable: false,
    remedy: 'Shorten the work or raise its timeout, and submit a new job.',
  },
  PROVIDER_ERROR: {
    category: 'provider',
    retryable: true,
    remedy: 'Try again later; report it to the provider with the request id if it persists.',
  },
  PROVIDER_UNSUPPORTED: {
    category: 'provider',
    retryable: false,
    remedy: 'Use another operation: this provider does not offer this one.',
  },
  NETWORK: {
    category: 'transport',
    retryable: true,
    remedy: 'Check the network and the base URL: no answer arrived from the provider.',
  },
  BAD_RESPONSE: {
    category: 'transport',
    retryable: false,
    remedy: 'Check the base URL and any proxy on the way: the answer was not one of this API.',
  },
  SUBMIT_OUTCOME_UNKNOWN: {
    category: 'transport',
    retryable: false,
    remedy:
      "Look at the provider's job list before submitting again: the job may be running, and a second one would be billed.",
  },
  WAIT_TIMEOUT: {
    category: 'renderq',
    retryable: true,
    remedy: 'The job goes on; look at it again with its job id.',
  },
  CANCELLED: {
    category: 'renderq',
    retryable: false,
    remedy: 'Submit again if the job is still wanted.',
  },
  STORE_UNAVAILABLE: {
    category: 'renderq',
    retryable: true,
    remedy:
      'Make sure that the folder of RENDERQ_HOME can be written and has space left; jobs accepted before are kept.',
  },
  INTERNAL: {
    category: 'renderq',
    retryable: false,
    remedy: 'This is a defect of renderq: report it with the message.',
  },
} as const satisfies Record<string, CodeFacts>;

export type RenderErrorCode = keyof typeof ERROR_CODES;

/** The category of a code, as a literal. */
export type CategoryOf<Code extends RenderErrorCode> = (typeof ERROR_CODES)[Code]['category'];

/** The codes of a category. */
export type CodesOf<Category extends ErrorCategory> = {
  [Code in RenderErrorCode]: CategoryOf<Code> extends Category ? Code : never;
}[RenderErrorCode];

/** Every code of the union, in the order of the table. */
export const RENDER_ERROR_CODES = Object.keys(ERROR_CODES) as readonly RenderErrorCode[];
