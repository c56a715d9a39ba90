import type { FaultVocabulary } from '../../service/fault-check.ts';
import type { Dialect } from '../../service/front-door.ts';
import { canonicalType } from './catalogue.ts';
import { ANSWER_CODES, answerError, isAnswerCode } from './errors.ts';
import { JOB_CODES } from './job-errors.ts';

export const RENDOBAR_VOCABULARY: FaultVocabulary = {
  answers: Object.keys(ANSWER_CODES),
  jobs: JOB_CODES,
  signsWebhooks: true,
};

/** Rendobar: public are health, the catalogue, the ffmpeg validator, and files: their links carry a token of their own. */
const PUBLIC_ROUTES = [
  /^(GET|HEAD) \/health$/,
  /^(GET|HEAD) \/jobs\/types(\/.*)?$/,
  /^POST \/ffmpeg\/validate$/,
  /^(GET|HEAD) \/(dl|v|s)\/.+$/,
  /^(GET|HEAD) \/assets\/[^/]+\/content$/,
];

/** Seconds that a rate refusal of a fault rule names when the rule does not. */
const FAULT_RETRY_AFTER = '1';

export const rendobarDialect: Dialect = {
  provider: 'rendobar',
  readKey(headers) {
    const match = /^Bearer\s+(\S+)$/i.exec(headers.get('authorization') ?? '');
    return match?.[1];
  },
  isPublic: (method, path) => PUBLIC_ROUTES.some((route) => route.test(`${method} ${path}`)),
  submittedType: (method, path, body) => (method === 'POST' && path === '/jobs' ? readType(body) : undefined),
  answerCode({ code, message, retryAfter }) {
    if (!isAnswerCode(code)) throw new Error(`Rendobar has no code ${code}.`);
    // Error page: RATE_LIMITED carries Retry-After. QUEUE_FULL must not be repeated automatically, so it does not.
    const wait = retryAfter === undefined && code === 'RATE_LIMITED' ? FAULT_RETRY_AFTER : (retryAfter ?? undefined);
    return answerError(code, {
      ...(message === undefined ? {} : { message }),
      ...(code === 'CONFLICT' && message === undefined ? { details: { jobId: 'job_sandbox_fault' } } : {}),
      headers: wait === undefined ? {} : { 'retry-after': String(wait) },
    });
  },
  answerUnauthorized: (keyWasSent) =>
    answerError('UNAUTHORIZED', {
      message: keyWasSent
        ? 'Invalid API key. The local sandbox takes keys that start with rb_sandbox.'
        : 'Missing authentication: send "Authorization: Bearer <API key>".',
    }),
  answerRateLimited: (retryAfterMs) =>
    answerError('RATE_LIMITED', { headers: { 'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1000))) } }),
  answerTooLarge: () => answerError('VALIDATION_ERROR', { message: 'The body is larger than 100 MB.' }),
  // No rate header is documented anywhere.
  rateHeaders: () => ({}),
};

/** The type of an unchecked submit, by its present name. */
function readType(body: string): string | undefined {
  try {
    const type: unknown = JSON.parse(body)?.type;
    return typeof type === 'string' ? canonicalType(type) : undefined;
  } catch {
    return undefined;
  }
}
