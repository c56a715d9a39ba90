import { describe, expect, it } from 'vitest';
import { accountId } from './accounts.ts';
import { VOCABULARY } from './app.ts';
import type { FaultRule } from './fault-rule.ts';
import { createFaultBook, type FaultCall, FaultRuleError } from './faults.ts';

const post: FaultCall = { provider: 'rendobar', method: 'POST', path: '/jobs', accountId: undefined };
const book = (...rules: readonly FaultRule[]) => {
  const faults = createFaultBook(VOCABULARY);
  for (const rule of rules) faults.add(rule);
  return faults;
};
const codes = (faults: ReturnType<typeof book>, call: FaultCall, times: number) =>
  Array.from({ length: times }, () => {
    const action = faults.takeForCall(call)?.action;
    return action && 'code' in action ? action.code : undefined;
  });

describe('fault rules', () => {
  it('apply once unless they say how often', () => {
    expect(codes(book({ do: { code: 'RATE_LIMITED' } }), post, 3)).toEqual(['RATE_LIMITED', undefined, undefined]);
    expect(codes(book({ do: { code: 'RATE_LIMITED' }, times: 2 }), post, 3)).toEqual([
      'RATE_LIMITED',
      'RATE_LIMITED',
      undefined,
    ]);
    expect(codes(book({ do: { code: 'GONE' }, times: 'always' }), post, 20)).toEqual(Array(20).fill('GONE'));
  });

  it('follow each other as a sequence', () => {
    const faults = book({ do: { code: 'RATE_LIMITED' }, times: 2 }, { do: { code: 'INTERNAL_ERROR' } });
    expect(codes(faults, post, 4)).toEqual(['RATE_LIMITED', 'RATE_LIMITED', 'INTERNAL_ERROR', undefined]);
  });

  it('start with the nth call that matches', () => {
    const faults = book({ match: { path: '/jobs', nth: 3 }, do: { code: 'INTERNAL_ERROR' } });
    faults.takeForCall({ ...post, path: '/health' });
    expect(codes(faults, post, 4)).toEqual([undefined, undefined, 'INTERNAL_ERROR', undefined]);
  });

  it.each<[FaultRule['match'], Partial<FaultCall>, boolean]>([
    [{ provider: 'phantomflow' }, {}, false],
    [{ method: 'post' }, {}, true],
    [{ method: 'GET' }, {}, false],
    [{ path: '/jobs' }, { path: '/jobs/1' }, false],
    [{ path: '/jobs/*' }, { path: '/jobs/1/cancel' }, true],
    [{ path: '/jobs/*/cancel' }, { path: '/jobs/1/logs' }, false],
    [{ path: '/jo.s' }, {}, false],
    [{ account: 'rb_sandbox_a' }, { accountId: accountId('rendobar', 'rb_sandbox_a') }, true],
    [{ account: 'rb_sandbox_a' }, { accountId: accountId('rendobar', 'rb_sandbox_b') }, false],
    [{ account: 'rb_sandbox_a' }, {}, false],
  ])('matching %j meet the call %j: %s', (match, call, expected) => {
    const faults = book({ ...(match ? { match } : {}), do: { code: 'INTERNAL_ERROR' } });
    expect(codes(faults, { ...post, ...call }, 1)).toEqual([expected ? 'INTERNAL_ERROR' : undefined]);
  });

  it('with a code of one vendor leave the calls of the other alone', () => {
    const faults = book({ do: { code: 'RATE_LIMITED' } });
    expect(codes(faults, { ...post, provider: 'phantomflow' }, 1)).toEqual([undefined]);
    expect(codes(faults, post, 1)).toEqual(['RATE_LIMITED']);
  });

  it('for jobs are used up by jobs, not by the answers of other calls', () => {
    const faults = book({ do: { job: 'DISPATCH_EXHAUSTED', afterMs: 5 } });
    expect(faults.takeForCall(post)).toBeUndefined();
    expect(faults.takeForJob(post)).toEqual({ code: 'DISPATCH_EXHAUSTED', neverStarted: true, afterMs: 5 });
    expect(faults.takeForJob(post)).toBeUndefined();
  });

  it.each<[FaultRule, string, RegExp]>([
    [{}, 'do', /delayMs/],
    [{ do: { code: 'GONE', transport: 'reset' } as never }, 'do', /exactly one/],
    [{ do: { code: 'RATE_LIMIT' } }, 'do.code', /rendobar has: UNAUTHORIZED.*phantomflow has: INVALID_JSON/],
    [{ match: { provider: 'phantomflow' }, do: { code: 'RATE_LIMITED' } }, 'do.code', /^No such code. phantomflow/],
    [{ do: { job: 'NOPE' } }, 'do.job', /RUNNER_ERROR/],
  ])('that make no sense are refused with the place and the choice: %j', (rule, field, message) => {
    const add = () => createFaultBook(VOCABULARY).add(rule);
    expect(add).toThrow(FaultRuleError);
    expect(add).toThrow(expect.objectContaining({ field, message: expect.stringMatching(message) }));
  });

  it('show how often they were applied, and an account without its key', () => {
    const faults = book({ match: { provider: 'phantomflow', account: 've_test_hidden' }, delayMs: 5, times: 'always' });
    const call: FaultCall = {
      provider: 'phantomflow',
      method: 'GET',
      path: '/',
      accountId: accountId('phantomflow', 've_test_hidden'),
    };
    expect(faults.takeForCall(call)).toEqual({ ruleId: 'fault_1', delayMs: 5 });
    expect(faults.list()).toMatchObject([{ id: 'fault_1', applied: 1, match: { account: call.accountId } }]);
    expect(JSON.stringify(faults.list())).not.toContain('hidden');
    expect([faults.remove('fault_1'), faults.remove('fault_1')]).toEqual([true, false]);
  });
});
