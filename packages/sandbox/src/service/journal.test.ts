import { describe, expect, it } from 'vitest';
import { createJournal, redactPath } from './journal.ts';

const entry = { at: 0, provider: 'rendobar', method: 'GET', path: '/jobs', status: 200, durationMs: 1, bodyBytes: 0 };

describe('request journal', () => {
  it('keeps the newest entries and goes on counting', () => {
    const journal = createJournal(3);
    for (let call = 0; call < 5; call += 1) journal.add(entry);
    expect(journal.list().map(({ id }) => id)).toEqual([3, 4, 5]);
    journal.clear();
    expect(journal.list()).toEqual([]);
  });

  it.each([
    ['/dl/job_1?token=abc.def', '/dl/job_1?token=[redacted]'],
    ['/dl/job_1?a=1&TOKEN=abc', '/dl/job_1?a=1&TOKEN=[redacted]'],
    ['/jobs?api_key=rb_sandbox', '/jobs?api_key=[redacted]'],
    ['/v/job_1/abc.def/seg/0.ts', '/v/job_1/[redacted]/seg/0.ts'],
    ['/jobs?limit=5', '/jobs?limit=5'],
  ])('takes signatures and keys out of %s', (path, expected) => {
    expect(redactPath(path)).toBe(expected);
  });
});
