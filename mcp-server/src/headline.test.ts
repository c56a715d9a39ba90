import { type QueueNotice, RenderError } from '@renderq/core';
import { describe, expect, it } from 'vitest';
import type { ToolJob } from './envelope.ts';
import { jobLine } from './headline.ts';

const waiting = (reason: QueueNotice['reason']): ToolJob => ({
  id: 'job_rq1',
  provider: 'phantomflow',
  state: 'queued',
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
  queue: { reason, attempts: 0, nextAttemptAt: '2026-01-01T00:00:06.000Z' },
});

describe('the line of a job that waits', () => {
  it.each<[QueueNotice['reason'], string]>([
    ['slot', 'a free render slot'],
    ['rate', 'the rate limit'],
    ['retry', 'another attempt'],
    ['credits', 'credits of the account'],
    ['outage', 'the provider to come back'],
  ])('says what it waits for when the reason is %s', (reason, words) => {
    expect(jobLine(waiting(reason))).toBe(
      `Job job_rq1 is queued on phantomflow. Waiting for ${words}. Next attempt at 2026-01-01T00:00:06.000Z.`,
    );
  });
});

describe('the line of a job whose submit was lost', () => {
  const lost = (candidates?: readonly string[]): ToolJob => ({
    id: 'job_rq1',
    provider: 'phantomflow',
    state: 'failed',
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
    error: new RenderError({ code: 'SUBMIT_OUTCOME_UNKNOWN', message: 'The answer was lost.' }).record,
    doubt: { sentAt: '2026-01-01T00:00:00.000Z', ...(candidates && { candidates }) },
  });

  it('never says that it failed, for it may be running', () => {
    expect(jobLine(lost())).toBe('SUBMIT_OUTCOME_UNKNOWN: The answer was lost. (Job job_rq1 may be running.)');
    expect(jobLine(lost(['a\u202e', 'b', 'c', 'd', 'e', 'f']))).toBe(
      'SUBMIT_OUTCOME_UNKNOWN: The answer was lost. (Job job_rq1 may be running, perhaps as a or b or c or d or e.)',
    );
  });
});
