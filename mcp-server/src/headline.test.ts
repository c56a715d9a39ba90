import type { QueueNotice } from '@renderq/core';
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
