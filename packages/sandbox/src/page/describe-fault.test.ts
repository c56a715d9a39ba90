import { expect, it } from 'vitest';
import type { FaultRule } from '../service/fault-rule.ts';
import { describeFault } from './describe-fault.ts';

const inWords = (rule: FaultRule, state: { readonly applied?: number; readonly isSpent?: boolean } = {}) => {
  const { calls, effect, uses } = describeFault({ id: 'fault_1', applied: 0, isSpent: false, ...state, ...rule });
  return [calls, effect, uses].join(' | ');
};

it.each<[FaultRule, string]>([
  [{ do: { code: 'GONE' } }, 'Either provider · every call | GONE | 1 of 1 left'],
  [
    {
      match: { provider: 'rendobar', method: 'post', path: '/jobs', nth: 3 },
      do: { code: 'RATE_LIMITED', retryAfter: 2 },
    },
    'Rendobar · POST /jobs · from match 3 | RATE_LIMITED, Retry-After 2 | 1 of 1 left',
  ],
  [
    { do: { code: 'RATE_LIMITED', retryAfter: null } },
    'Either provider · every call | RATE_LIMITED, Retry-After left out | 1 of 1 left',
  ],
  [
    { match: { path: '/api/*' }, do: { transport: 'reset', when: 'after' }, times: 'always' },
    'Either provider · /api/* | connection reset, after it was carried out | always',
  ],
  [
    { do: { job: 'JOB_TIMEOUT', afterMs: 500 }, times: 4 },
    'Either provider · every call | job fails with JOB_TIMEOUT after 500 ms | 4 of 4 left',
  ],
  [
    { do: { hang: 'running', progress: 0.4 } },
    'Either provider · every call | job stays running at 40 % | 1 of 1 left',
  ],
  [
    { delayMs: 900, probability: 0.25, times: 'always' },
    'Either provider · every call · 25 % of them | 900 ms late | always',
  ],
  [
    { sequence: [{ code: 'GONE', times: 2 }, { code: 'CONFLICT', delayMs: 5 }, 'ok'] },
    'Either provider · every call | GONE (2 times), then 5 ms late, CONFLICT, then fine | 0 so far',
  ],
  [
    { match: { provider: 'rendobar', event: 'job.completed' }, do: { webhook: 'duplicate' } },
    'Rendobar · job.completed | webhook comes twice | 1 of 1 left',
  ],
])('says the rule %j in words', (rule, words) => {
  expect(inWords(rule)).toBe(words);
});

it('tells how often a rule has applied, and that it is spent', () => {
  expect(inWords({ do: { code: 'GONE' }, times: 3 }, { applied: 2 })).toMatch(/1 of 3 left$/);
  expect(inWords({ do: { code: 'GONE' }, times: 'always' }, { applied: 9 })).toMatch(/always, 9 so far$/);
  expect(inWords({ do: { code: 'GONE' }, times: 3 }, { applied: 3, isSpent: true })).toMatch(/spent$/);
});
