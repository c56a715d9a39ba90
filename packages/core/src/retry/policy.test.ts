import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RENDER_ERROR_CODES, type RenderErrorCode } from '../errors/codes.ts';
import { type ErrorRecord, RenderError } from '../errors/render-error.ts';
import { type Decision, decide, type FailedAttempt, type Repeatability } from './policy.ts';

type Facts = Partial<Omit<FailedAttempt, 'error'>> & Partial<Omit<ErrorRecord, 'code' | 'category'>>;

function decision(code: RenderErrorCode, facts: Facts = {}): Decision {
  const {
    repeatability = 'safe',
    failures = 1,
    maxAttempts = 4,
    sent = 'maybe-sent',
    isDefinite = false,
    lostBefore = false,
    ...record
  } = facts;
  const error = new RenderError({ code, message: 'm', ...record });
  return decide({ error, repeatability, failures, maxAttempts, sent, isDefinite, lostBefore });
}

describe('the retry policy', () => {
  it.each<[RenderErrorCode, Facts, Decision]>([
    ['PROVIDER_ERROR', { httpStatus: 500 }, 'repeat'],
    ['PROVIDER_ERROR', { httpStatus: 500, failures: 4 }, 'give-up'],
    ['PROVIDER_ERROR', { httpStatus: 500, repeatability: 'keyed', isDefinite: true }, 'repeat'],
    ['PROVIDER_ERROR', { httpStatus: 500, repeatability: 'unkeyed', isDefinite: true }, 'settle'],
    ['PROVIDER_ERROR', { httpStatus: 500, repeatability: 'unkeyed', isDefinite: true, retryable: false }, 'give-up'],
    ['PROVIDER_ERROR', { httpStatus: 502, repeatability: 'unkeyed' }, 'settle'],
    ['PROVIDER_ERROR', { httpStatus: 408, repeatability: 'unkeyed' }, 'settle'],
    ['PROVIDER_ERROR', { httpStatus: 500, retryable: false }, 'give-up'],
    ['NETWORK', {}, 'repeat'],
    ['NETWORK', { failures: 4 }, 'give-up'],
    ['NETWORK', { repeatability: 'keyed' }, 'repeat'],
    ['NETWORK', { repeatability: 'unkeyed' }, 'settle'],
    ['NETWORK', { repeatability: 'unkeyed', failures: 4 }, 'settle'],
    ['NETWORK', { repeatability: 'unkeyed', sent: 'not-sent' }, 'repeat'],
    ['NETWORK', { repeatability: 'unkeyed', sent: 'not-sent', failures: 4 }, 'give-up'],
    ['BAD_RESPONSE', { httpStatus: 200 }, 'repeat'],
    ['BAD_RESPONSE', { httpStatus: 200, repeatability: 'keyed' }, 'repeat'],
    ['BAD_RESPONSE', { httpStatus: 202, repeatability: 'unkeyed' }, 'settle'],
    ['BAD_RESPONSE', { httpStatus: 302 }, 'give-up'],
    ['BAD_RESPONSE', { httpStatus: 302, repeatability: 'unkeyed' }, 'give-up'],
    ['BAD_RESPONSE', { httpStatus: 405, repeatability: 'keyed' }, 'give-up'],
    ['RATE_LIMITED', { httpStatus: 429, failures: 99 }, 'wait-account'],
    ['RATE_LIMITED', { httpStatus: 429, repeatability: 'unkeyed' }, 'wait-account'],
    ['CONCURRENCY_LIMITED', { httpStatus: 429, repeatability: 'unkeyed' }, 'give-up'],
    ['CONCURRENCY_LIMITED', { httpStatus: 403, repeatability: 'keyed' }, 'give-up'],
    ['CONCURRENCY_LIMITED', { httpStatus: 429 }, 'give-up'],
    ['QUEUE_FULL', { httpStatus: 429, repeatability: 'keyed', retryable: true }, 'give-up'],
    ['CONFLICT', { httpStatus: 409, repeatability: 'keyed' }, 'give-up'],
    ['CONFLICT', { httpStatus: 409, repeatability: 'keyed', lostBefore: true }, 'repeat'],
    ['CONFLICT', { httpStatus: 409, repeatability: 'keyed', lostBefore: true, jobId: 'dead' }, 'give-up'],
    ['CONFLICT', { httpStatus: 409, lostBefore: true }, 'give-up'],
  ])('%s %j: %s', (code, facts, expected) => {
    expect(decision(code, facts)).toBe(expected);
  });

  it('never repeats what would start a second render, whatever else is true', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...RENDER_ERROR_CODES),
        fc.record({
          httpStatus: fc.integer({ min: 200, max: 599 }),
          failures: fc.integer({ min: 1, max: 9 }),
          isDefinite: fc.boolean(),
          lostBefore: fc.boolean(),
          retryable: fc.boolean(),
        }),
        (code, facts) => {
          expect(decision(code, { ...facts, repeatability: 'unkeyed', sent: 'maybe-sent' })).not.toBe('repeat');
        },
      ),
    );
  });

  it('never repeats a render that failed, for anybody', () => {
    for (const code of [
      'RENDER_FAILED',
      'RENDER_TIMEOUT',
      'SOURCE_UNUSABLE',
      'INVALID_REQUEST',
      'INSUFFICIENT_CREDITS',
      'UNAUTHENTICATED',
    ] as const) {
      for (const repeatability of ['safe', 'keyed', 'unkeyed'] satisfies Repeatability[]) {
        expect(decision(code, { repeatability, httpStatus: 500, retryable: true })).toBe('give-up');
      }
    }
  });
});
