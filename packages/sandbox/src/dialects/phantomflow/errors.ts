interface AnswerRow {
  readonly status: number;
  readonly message: string;
  /** Fields beside code and message that the page documents for the code. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** PhantomFlow error page: all 13 codes. Messages and sample fields serve where a fault rule asks for the code. */
export const ANSWER_CODES = {
  INVALID_JSON: { status: 400, message: 'Request body is not valid JSON' },
  SCHEMA_VALIDATION_ERROR: {
    status: 400,
    message: 'Expected number, received string',
    fields: { path: 'scenes.0.duration' },
  },
  VALIDATION_ERROR: { status: 400, message: 'Name must not be empty', fields: { path: 'name' } },
  INVALID_REQUEST: { status: 400, message: 'template_id is required' },
  UNAUTHORIZED: { status: 401, message: 'Missing, invalid or revoked API key' },
  INSUFFICIENT_CREDITS: {
    status: 402,
    message: 'Not enough credits for this render',
    fields: { required: 60, balance: 12 },
  },
  FORBIDDEN: { status: 403, message: 'You do not have access to this resource' },
  NOT_FOUND: { status: 404, message: 'Resource not found' },
  TEMPLATE_NOT_FOUND: { status: 404, message: 'Template not found' },
  RATE_LIMIT_EXCEEDED: { status: 429, message: 'Too many requests' },
  CONCURRENCY_LIMIT_EXCEEDED: { status: 429, message: 'Too many concurrent render jobs' },
  INTERNAL_ERROR: { status: 500, message: 'An unexpected error occurred' },
  RENDER_FAILED: { status: 500, message: 'FFmpeg exited with code 1' },
} as const satisfies Record<string, AnswerRow>;

export type AnswerCode = keyof typeof ANSWER_CODES;

export function isAnswerCode(code: string): code is AnswerCode {
  return Object.hasOwn(ANSWER_CODES, code);
}

export interface ErrorAnswer {
  readonly message?: string;
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** `{ "error": { code, message, path?, required?, balance? } }` with the status of the table. */
export function answerError(code: AnswerCode, answer: ErrorAnswer = {}): Response {
  const row: AnswerRow = ANSWER_CODES[code];
  // A message of its own means a case of its own: the row's sample fields would not belong to it.
  const fields = answer.fields ?? (answer.message === undefined ? row.fields : undefined);
  const error = { code, message: answer.message ?? row.message, ...fields };
  return Response.json({ error }, { status: row.status, headers: { ...answer.headers } });
}

/** Thrown by routes; the dialect's error handler turns it into the answer. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: AnswerCode;
  readonly fields: Readonly<Record<string, unknown>>;
  constructor(code: AnswerCode, message: string, fields: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.code = code;
    this.fields = fields;
  }
}
