import { describe, expect, it } from 'vitest';
import { accountId } from './accounts.ts';
import { VOCABULARY } from './app.ts';
import { FaultRuleError } from './fault-check.ts';
import type { FaultCall } from './fault-match.ts';
import type { FaultRule } from './fault-rule.ts';
import { createFaultBook } from './faults.ts';

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

  it('play a sequence of turns, and let calls through where it says ok', () => {
    const faults = book({
      sequence: [{ code: 'RATE_LIMITED', times: 2 }, 'ok', { code: 'GONE' }],
      match: { method: 'POST' },
    });
    expect(codes(faults, { ...post, method: 'GET' }, 1)).toEqual([undefined]);
    const played = ['RATE_LIMITED', 'RATE_LIMITED', undefined, 'GONE'];
    expect(codes(faults, post, 5)).toEqual([...played, undefined]);
    expect(faults.list()).toMatchObject([{ applied: 3, isSpent: true }]);
    expect(codes(book({ sequence: [{ code: 'GONE' }, 'ok'], times: 'always' }), post, 4)).toEqual([
      'GONE',
      undefined,
      'GONE',
      undefined,
    ]);
  });

  it('keep a call that a sequence lets through from the rules behind it', () => {
    const faults = book({ sequence: ['ok', { code: 'GONE' }] }, { do: { code: 'CONFLICT' } });
    expect(codes(faults, post, 3)).toEqual([undefined, 'GONE', 'CONFLICT']);
  });

  it('hit a share of the calls by chance, the same ones for the same seed', () => {
    const play = (seed: number) =>
      codes(book({ do: { code: 'GONE' }, times: 'always', probability: 0.25, seed }), post, 400).map(Boolean);
    const hits = play(7).filter(Boolean).length;
    expect(hits).toBeGreaterThan(70);
    expect(hits).toBeLessThan(130);
    expect(play(7)).toEqual(play(7));
    expect(play(7)).not.toEqual(play(8));
    const never = book({ do: { code: 'GONE' }, times: 'always', probability: 0 });
    expect(codes(never, post, 50).filter(Boolean)).toEqual([]);
  });

  it('meet uploads only where they name the path, and never with a vendor code', () => {
    const upload: FaultCall = { ...post, method: 'PUT', path: '/_upload/asset_1/1', isUpload: true };
    const faults = book(
      { do: { transport: 'reset' } },
      { match: { path: '/_upload/*' }, do: { code: 'GONE' } },
      { match: { path: '/_upload/*' }, do: { transport: 'stall' } },
    );
    expect(faults.takeForCall(upload)?.action).toEqual({ transport: 'stall' });
    expect(faults.takeForCall(upload)).toBeUndefined();
  });

  it('of the start come back with a reset, and are refused at the start when they make no sense', () => {
    const faults = createFaultBook(VOCABULARY, [{ do: { code: 'GONE' } }]);
    faults.add({ do: { code: 'CONFLICT' } });
    expect(codes(faults, post, 3)).toEqual(['GONE', 'CONFLICT', undefined]);
    faults.reset();
    expect(codes(faults, post, 2)).toEqual(['GONE', undefined]);
    const start = () => createFaultBook(VOCABULARY, [{ do: { code: 'GONE' } }, { do: { code: 'NOPE' } }]);
    expect(start).toThrow(expect.objectContaining({ field: 'faults.1.do.code' }));
  });

  it('of one account are forgotten with it, and the others stay', () => {
    const faults = book({ match: { account: 'rb_sandbox_a' }, do: { code: 'GONE' } }, { do: { code: 'CONFLICT' } });
    faults.clear(accountId('rendobar', 'rb_sandbox_a'));
    expect(faults.list()).toMatchObject([{ do: { code: 'CONFLICT' } }]);
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
    [{ jobType: 'compose' }, { jobType: 'compose' }, true],
    [{ jobType: 'compose' }, { jobType: 'ffmpeg' }, false],
    [{ jobType: 'compose' }, {}, false],
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
    [{ do: { code: 'GONE' }, sequence: ['ok'] }, 'sequence', /not both/],
    [{ sequence: [{ code: 'GONE' }, { job: 'RUNNER_ERROR' }] }, 'sequence', /two rules/],
    [{ sequence: ['ok', { times: 2 } as never] }, 'sequence.1', /delayMs/],
    [{ sequence: ['ok', { code: 'NOPE' }] }, 'sequence.1.code', /No such code/],
    [{ do: { job: 'RUNNER_ERROR' }, delayMs: 5 }, 'delayMs', /afterMs/],
    [{ do: { webhook: 'drop' }, match: { path: '/jobs' } }, 'match.path', /webhook/],
    [{ do: { code: 'GONE' }, match: { event: 'job.failed' } }, 'match.event', /webhooks/],
    [{ do: { code: 'RATE_LIMITED', retryAfter: '1\r\nx: y' } }, 'do.retryAfter', /200 visible/],
    [{ do: { code: 'RATE_LIMITED', retryAfter: 'sé' } }, 'do.retryAfter', /200 visible/],
    [{ sequence: ['ok', { code: 'RATE_LIMITED', retryAfter: '9'.repeat(201) }] }, 'sequence.1.retryAfter', /200/],
    [{ do: { webhook: 'reorder', afterMs: 5001 } }, 'do.afterMs', /5000 ms/],
    [{ do: { webhook: 'rotate' }, match: { provider: 'phantomflow' } }, 'do.webhook', /signs no/],
  ])('that make no sense are refused with the place and the choice: %j', (rule, field, message) => {
    const add = () => createFaultBook(VOCABULARY).add(rule);
    expect(add).toThrow(FaultRuleError);
    expect(add).toThrow(expect.objectContaining({ field, message: expect.stringMatching(message) }));
  });

  it.each([
    ['RATE_LIMITED', { ruleId: 'header', delayMs: 0, action: { code: 'RATE_LIMITED' } }],
    [' drip ', { ruleId: 'header', delayMs: 0, action: { transport: 'drip' } }],
    ['{"code":"RATE_LIMITED","retryAfter":"soon"}', { action: { code: 'RATE_LIMITED', retryAfter: 'soon' } }],
    ['job:DISPATCH_EXHAUSTED', { job: { code: 'DISPATCH_EXHAUSTED', neverStarted: true } }],
    ['late:RUNNER_ERROR', { job: { code: 'RUNNER_ERROR', late: true } }],
    ['stuck:queued', { job: { hang: 'waiting' } }],
    ['stuck:40', { job: { hang: 'running', progress: 0.4 } }],
    ['output:expired', { job: { output: 'expired' } }],
    ['webhook:forge', { job: { webhook: { kind: 'forge' } } }],
  ])('are read from the header %s', (value, expected) => {
    expect(book().readHeader('rendobar', value)).toMatchObject(expected);
  });

  it.each([
    'NOPE',
    'RATE_LIMIT_EXCEEDED',
    'job:',
    'stuck:',
    'stuck:140',
    'output:late',
    'webhook:eaten',
    '{',
    '{"a":1}',
    '{}',
  ])('are refused in the header %s', (value) => {
    expect(() => book().readHeader('rendobar', value)).toThrow(FaultRuleError);
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
