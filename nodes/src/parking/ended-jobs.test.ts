import { describe, expect, it } from 'vitest';
import { succeeded } from './__fixtures__/fake-client.ts';
import { createEndedJobs } from './ended-jobs.ts';

describe('what is remembered of parked jobs', () => {
  it('is bounded, and forgets the oldest first', () => {
    const ended = createEndedJobs(2);
    for (const id of ['a', 'b', 'c']) ended.add(id, succeeded(id), 0);
    expect(['a', 'b', 'c'].map((id) => ended.get(id, 0) !== undefined)).toEqual([false, true, true]);
  });

  it('is read again after ten minutes, for links that expire', () => {
    const ended = createEndedJobs();
    ended.add('a', succeeded('a'), 0);
    expect(ended.get('a', 599_999)).toMatchObject({ id: 'a' });
    expect(ended.get('a', 600_000)).toBeUndefined();
  });

  it('lets one callback wake an execution, and another one only after half a minute', () => {
    const ended = createEndedJobs();
    expect(ended.claim(['a', 'b'], 0)).toBe(true);
    expect(ended.claim(['b', 'a'], 29_999)).toBe(false);
    expect(ended.claim(['a'], 1)).toBe(true);
    expect(ended.claim(['a', 'b'], 30_000)).toBe(true);
  });
});
