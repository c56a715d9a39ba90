interface AnswerRow {
  readonly status: number;
  readonly message: string;
  readonly details?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Every code that an answer can carry, with a message in the vendor's manner for when nothing better is known.
 * Rendobar error page: the first 13 rows; its later edition: the next 13; scopes page: INSUFFICIENT_SCOPE.
 */
export const ANSWER_CODES = {
  UNAUTHORIZED: { status: 401, message: 'Missing or invalid authentication.' },
  FORBIDDEN: { status: 403, message: 'You do not have access to this resource.' },
  VALIDATION_ERROR: { status: 400, message: 'The request is invalid.', details: { path: 'params.command' } },
  INVALID_JOB_TYPE: { status: 400, message: 'Unknown job type.' },
  INSUFFICIENT_CREDITS: { status: 402, message: 'Your credit balance is used up. Add credits to continue.' },
  PLAN_LIMIT: { status: 403, message: 'This exceeds a limit of your plan.' },
  RATE_LIMITED: { status: 429, message: 'Too many requests.' },
  NOT_FOUND: { status: 404, message: 'Not found.' },
  CONFLICT: { status: 409, message: 'The request conflicts with the current state.' },
  RUNNER_ERROR: { status: 502, message: 'Processing failed.' },
  RUNNER_TIMEOUT: { status: 504, message: 'The job did not finish in time.' },
  ORG_SUSPENDED: { status: 403, message: 'This organization is suspended. Contact support.' },
  INTERNAL_ERROR: { status: 500, message: 'Something went wrong on our side.' },
  STORAGE_QUOTA_EXCEEDED: { status: 402, message: 'The storage quota of your plan is used up.' },
  FILE_TOO_LARGE: { status: 413, message: 'The file is larger than your plan allows.' },
  QUEUE_FULL: { status: 429, message: 'The queue of this organization is full.' },
  QUEUE_EXPIRED: { status: 400, message: 'The job waited too long in the queue.' },
  GONE: { status: 410, message: 'The output is past its retention.' },
  INPUT_URL_BLOCKED: { status: 400, message: 'An input URL points at a private or link-local address.' },
  INPUT_FETCH_FAILED: { status: 400, message: 'An input URL could not be downloaded.' },
  INPUT_NOT_MEDIA: { status: 422, message: 'An input is not media.' },
  INPUT_UNSUPPORTED: { status: 422, message: 'An input is not of a kind that this job takes.' },
  PROCESSING_FAILED: { status: 422, message: 'No output could be produced.' },
  UPSTREAM_ERROR: { status: 502, message: 'A third-party service failed.' },
  NOT_CONFIGURED: { status: 503, message: 'This capability is not configured.' },
  NOT_IMPLEMENTED: { status: 501, message: 'This is not implemented.' },
  INSUFFICIENT_SCOPE: {
    status: 403,
    message: 'The credential lacks the scope jobs:write.',
    headers: {
      'www-authenticate':
        'Bearer error="insufficient_scope", error_description="The credential lacks the scope jobs:write.", scope="jobs:write"',
    },
  },
} as const satisfies Record<string, AnswerRow>;

export type AnswerCode = keyof typeof ANSWER_CODES;

export function isAnswerCode(code: string): code is AnswerCode {
  return Object.hasOwn(ANSWER_CODES, code);
}

export interface ErrorAnswer {
  readonly message?: string;
  readonly details?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** `{ "error": { code, message, details? } }` with the status of the table. */
export function answerError(code: AnswerCode, answer: ErrorAnswer = {}): Response {
  const row: AnswerRow = ANSWER_CODES[code];
  // A message of its own means a case of its own: the row's sample details would not belong to it.
  const details = answer.details ?? (answer.message === undefined ? row.details : undefined);
  const error = { code, message: answer.message ?? row.message, ...(details === undefined ? {} : { details }) };
  return Response.json({ error }, { status: row.status, headers: { ...row.headers, ...answer.headers } });
}

/** Thrown by routes; the dialect's error handler turns it into the answer. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: AnswerCode;
  readonly answer: ErrorAnswer;
  constructor(code: AnswerCode, message?: string, answer: Omit<ErrorAnswer, 'message'> = {}) {
    super(message ?? ANSWER_CODES[code].message);
    this.code = code;
    this.answer = message === undefined ? answer : { ...answer, message };
  }
}

/** A field that is wrong. Rendobar error page: `details.path` points at it. */
export function invalid(path: string, message: string): Refusal {
  return new Refusal('VALIDATION_ERROR', message, { details: { path } });
}
