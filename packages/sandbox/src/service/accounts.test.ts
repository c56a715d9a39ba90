import { describe, expect, it } from 'vitest';
import { createAccountBook } from './accounts.ts';

describe('accounts', () => {
  it('opens one account for each key of the right form', () => {
    const book = createAccountBook();
    const first = book.identify('rendobar', 'rb_sandbox');
    expect(book.identify('rendobar', 'rb_sandbox')).toBe(first);
    expect(book.identify('rendobar', 'rb_sandbox_team2')).not.toBe(first);
    expect(book.list()).toHaveLength(2);
  });

  it.each([
    ['rendobar', 'rb_9f31c2'],
    ['rendobar', 'ah_sandbox'],
    ['rendobar', 've_test_sandbox'],
    ['phantomflow', 've_live_abc'],
    ['phantomflow', 've_test_'],
    ['phantomflow', 've_test_a b'],
    ['phantomflow', 'rb_sandbox'],
  ] as const)('takes no other key: %s %s', (provider, key) => {
    expect(createAccountBook().identify(provider, key)).toBeUndefined();
  });

  it.each([
    ['phantomflow', 've_test_sandbox', 'pro', 120, 10],
    ['phantomflow', 've_test_sandbox_free', 'free', 10, 2],
    ['phantomflow', 've_test_starter_team7', 'starter', 60, 5],
    ['rendobar', 'rb_sandbox_free', 'free', 120, 1],
    ['rendobar', 'rb_sandbox', 'pro', 600, 20],
  ] as const)('chooses the plan that the key names: %s %s is %s', (provider, key, plan, requests, jobs) => {
    const account = createAccountBook().identify(provider, key);
    expect(account?.plan.slug).toBe(plan);
    expect(account?.limits).toMatchObject({ requestsPerMinute: requests, concurrentJobs: jobs });
  });

  it('never shows the key', () => {
    const account = createAccountBook().identify('phantomflow', 've_test_secretpart');
    expect(JSON.stringify(account)).not.toContain('secretpart');
    expect(account?.id).toMatch(/^acc_[0-9a-f]{12}$/);
  });

  it('lays overrides over every plan, and keeps them when the plan changes', () => {
    const book = createAccountBook({ rendobar: { concurrentJobs: 3 } });
    const account = book.identify('rendobar', 'rb_sandbox');
    account?.overrideLimits({ requestsPerMinute: 7 });
    expect(account?.limits).toMatchObject({ concurrentJobs: 3, requestsPerMinute: 7 });
    if (account) account.choosePlan(account.plan);
    expect(account?.limits).toMatchObject({ concurrentJobs: 3, requestsPerMinute: 600 });
  });
});
