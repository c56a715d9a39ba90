import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readHint } from './read-hint.ts';

describe('what a callback names', () => {
  it.each([
    ['Rendobar, ended', { event: 'job.completed', data: { jobId: 'job_1', status: 'complete' } }, 'job_1', true],
    ['Rendobar, failed', { event: 'job.failed', data: { jobId: 'job_1' } }, 'job_1', true],
    ['Rendobar, copies done', { event: 'job.deliveries_settled', data: { jobId: 'job_1' } }, 'job_1', true],
    ['Rendobar, started', { event: 'job.started', data: { jobId: 'job_1', status: 'running' } }, 'job_1', false],
    ['Rendobar of early 2026', { event: 'job.completed', jobId: 'job_1' }, 'job_1', true],
    ['PhantomFlow, ended', { job_id: 'u-1', status: 'completed', output_url: 'https://x' }, 'u-1', true],
    ['PhantomFlow, failed', { job_id: 'u-1', status: 'failed', error: { code: 'X' } }, 'u-1', true],
  ])('is read from a body of %s', (_name, body, jobId, claimsEnd) => {
    expect(readHint(JSON.stringify(body))).toEqual({ jobId, claimsEnd });
  });

  it('is nothing for a body that is too long, no JSON or no object', () => {
    const long = JSON.stringify({ job_id: 'a', padding: 'x'.repeat(1_000_000) });
    for (const body of [long, '', '[]', 'null', '7', '{', '{"jobId":7}']) {
      expect(readHint(body)).toEqual({ claimsEnd: false });
    }
  });

  it('is read without an exception from whatever comes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (body) => {
        const { jobId, claimsEnd } = readHint(body);
        expect([jobId === undefined || typeof jobId === 'string', typeof claimsEnd]).toEqual([true, 'boolean']);
      }),
    );
  });
});
