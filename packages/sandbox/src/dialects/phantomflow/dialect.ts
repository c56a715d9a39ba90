import type { FaultVocabulary } from '../../service/fault-check.ts';
import type { Dialect } from '../../service/front-door.ts';
import { ANSWER_CODES, answerError, isAnswerCode } from './errors.ts';

export const PHANTOMFLOW_VOCABULARY: FaultVocabulary = {
  answers: Object.keys(ANSWER_CODES),
  // Webhook page: RENDER_FAILED inside a failed job; that INTERNAL_ERROR can stand there too is assumed.
  jobs: { RENDER_FAILED: { neverStarted: false }, INTERNAL_ERROR: { neverStarted: true } },
  signsWebhooks: false,
};

/** Seconds that a rate refusal of a fault rule names when the rule does not. */
const FAULT_RETRY_AFTER = '1';

export const phantomflowDialect: Dialect = {
  provider: 'phantomflow',
  readKey: (headers) => headers.get('x-api-key') ?? undefined,
  // API reference: every endpoint wants a key unless its section says otherwise. Finished files stand on a public CDN.
  isPublic: (_method, path) => path.startsWith('/output/'),
  submittedType(method, path) {
    if (method !== 'POST') return undefined;
    return path === '/api/render' ? 'movie' : path === '/api/render/template' ? 'template' : undefined;
  },
  answerCode({ code, message, retryAfter }) {
    if (!isAnswerCode(code)) throw new Error(`PhantomFlow has no code ${code}.`);
    // Whether a concurrency refusal carries Retry-After is unknown: the harder case for a client is that it does not.
    const isRate = code === 'RATE_LIMIT_EXCEEDED';
    const wait = retryAfter === undefined && isRate ? FAULT_RETRY_AFTER : (retryAfter ?? undefined);
    return answerError(code, {
      ...(message === undefined ? {} : { message }),
      headers: wait === undefined ? {} : { 'retry-after': String(wait) },
    });
  },
  answerUnauthorized: (keyWasSent) =>
    answerError('UNAUTHORIZED', {
      message: keyWasSent
        ? 'Invalid API key. The local sandbox takes keys that start with ve_test_.'
        : 'Missing API key: send it in the x-api-key header.',
    }),
  answerRateLimited: (retryAfterMs) =>
    answerError('RATE_LIMIT_EXCEEDED', {
      headers: { 'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1000))) },
    }),
  answerTooLarge: () => answerError('INVALID_REQUEST', { message: 'Request body is too large' }),
  rateHeaders: ({ limit, remaining, resetAt }) => ({
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(remaining),
    // "Unix timestamp": seconds, rounded up so that the window really has reset by then.
    'x-ratelimit-reset': String(Math.ceil(resetAt / 1000)),
  }),
};
