import type { JobSnapshot } from '@renderq/core';
import { describe, expect, it } from 'vitest';
import { jobData, jobError, lookedAt, simpleJobData, waitedFor } from './job-item.ts';

const DONE: JobSnapshot = Object.freeze<JobSnapshot>({
  provider: 'rendobar',
  id: 'job_1',
  state: 'succeeded',
  providerState: 'complete',
  createdAt: 1,
  completedAt: 9,
  output: {
    url: 'https://cdn.example/a.mp4',
    files: [{ url: 'https://cdn.example/a.mp4', sizeBytes: 5 }],
    expiresAt: 7,
  },
  cost: { amount: 12_000_000, unit: 'nanodollars', formatted: '$0.01' },
  warnings: ['slow'],
});
const FAILED: JobSnapshot = {
  provider: 'phantomflow',
  id: 'pf-1',
  state: 'failed',
  providerState: 'failed',
  error: { code: 'RENDER_FAILED', message: 'No font.', category: 'render', retryable: false, remedy: 'Mend it.' },
};

describe('a job as an item', () => {
  it('has its fields side by side, with all that the provider tells', () => {
    const { id: _id, ...rest } = DONE;
    expect(jobData(DONE)).toEqual({ jobId: 'job_1', ...rest });
  });

  it('may be changed by the nodes behind without changing anything of ours', () => {
    const output = jobData(DONE).output as { files: unknown[] };
    output.files.push('more');
    expect(DONE.output?.files).toHaveLength(1);
  });

  it('is ten fields at most when it is simplified, the link at the same place', () => {
    const running = { ...DONE, progress: 0.5, ...FAILED, output: DONE.output, cost: DONE.cost } as JobSnapshot;
    for (const job of [DONE, FAILED, running]) expect(Object.keys(simpleJobData(job)).length).toBeLessThanOrEqual(10);
    expect(simpleJobData(DONE)).toMatchObject({ jobId: 'job_1', output: { url: 'https://cdn.example/a.mp4' } });
  });

  it('that failed is a look that went well: why stands in `failure`, never in `error`', () => {
    for (const json of [jobData(FAILED), simpleJobData(FAILED)]) {
      expect(json).not.toHaveProperty('error');
      expect(json).toMatchObject({ state: 'failed', failure: { code: 'RENDER_FAILED', remedy: 'Mend it.' } });
    }
    expect(lookedAt(0, FAILED, false)).toMatchObject({
      made: [{}],
      jobError: { code: 'RENDER_FAILED', jobId: 'pf-1' },
    });
  });

  it('that was waited for is its result, or its error with the job id', () => {
    expect(waitedFor(1, DONE, true)).toMatchObject({ index: 1, made: [{ json: { state: 'succeeded' } }] });
    expect(waitedFor(1, FAILED, true)).toEqual({
      index: 1,
      error: { ...FAILED.error, jobId: 'pf-1', provider: 'phantomflow' },
    });
  });

  it('that ended without a word has an error all the same', () => {
    const cancelled: JobSnapshot = { ...FAILED, state: 'cancelled' };
    const { error: _error, ...silent } = FAILED;
    const { error: _too, ...stopped } = cancelled;
    expect(jobError(silent)).toMatchObject({ code: 'RENDER_FAILED', jobId: 'pf-1', provider: 'phantomflow' });
    expect(jobError(stopped)).toMatchObject({ code: 'CANCELLED', jobId: 'pf-1' });
    expect(jobError(DONE)).toBeUndefined();
  });
});
