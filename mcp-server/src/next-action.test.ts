import { RENDER_ERROR_CODES, RenderError } from '@renderq/core';
import { describe, expect, it } from 'vitest';
import { nameSettling } from './name-settling.ts';
import { afterError, afterLook, afterLookFailed } from './next-action.ts';
import { errorAnswer } from './tool-result.ts';

const failed = { tool: 'probe_media', args: { source: 'https://cdn.test/a.mp4' } };

describe('the answer to a call that failed', () => {
  it.each(RENDER_ERROR_CODES)('says for %s what to do, whatever else it leads to', (code) => {
    const { headline, envelope } = errorAnswer(new RenderError({ code, message: 'It failed.' }).record, failed);
    expect(headline).toBe(`${code}: It failed.`);
    expect(envelope.error).toMatchObject({ code, remedy: expect.stringMatching(/\w.*\.$/) });
    const { nextAction, error } = envelope;
    if (code !== 'QUEUE_FULL' && error?.retryable) {
      expect(nextAction).toMatchObject({ tool: failed.tool, arguments: failed.args });
    }
    if (nextAction) expect(nextAction.reason).toMatch(/\w/);
  });

  it('repeats no call whose arguments are long, and none that would fail again', () => {
    const error = new RenderError({ code: 'STORE_UNAVAILABLE', message: 'The disk is full.' }).record;
    expect(afterError(error, { tool: 'submit_render', args: { request: 'x'.repeat(3000) } })).toEqual({});
    const refused = new RenderError({ code: 'SOURCE_UNUSABLE', message: 'No.', field: 'source' }).record;
    expect(afterError(refused, failed)).toEqual({});
  });

  it('does not send get_job to itself', () => {
    const error = new RenderError({ code: 'INTERNAL', message: 'x', jobId: 'job_rq1' }).record;
    expect(afterError(error, { tool: 'cancel_job', args: {} }).nextAction?.tool).toBe('get_job');
    expect(afterError(error, { tool: 'get_job', args: {} })).toEqual({});
  });

  it('leads on from a look that failed as far as anything can be done', () => {
    const job = { id: 'job_rq1', provider: 'rendobar', state: 'running', createdAt: '', updatedAt: '' } as const;
    const after = (code: 'NETWORK' | 'UNAUTHENTICATED' | 'NOT_FOUND') =>
      afterLookFailed(job, new RenderError({ code, message: 'x' }).record).nextAction?.tool;
    expect([after('NETWORK'), after('UNAUTHENTICATED'), after('NOT_FOUND')]).toEqual([
      'get_job',
      'list_providers',
      undefined,
    ]);
  });
});

describe('a submit whose outcome is unknown', () => {
  it('names the command that settles it, for the one whose job it is', () => {
    const { record } = new RenderError({ code: 'SUBMIT_OUTCOME_UNKNOWN', message: 'x', provider: 'phantomflow' });
    expect(nameSettling(record, 'local', true)).toBe(record);
    expect(nameSettling({ ...record, jobId: 'job_rq1' }, 'local', true).remedy).toContain(
      'look at the jobs of PhantomFlow and to run "renderq-mcp settle job_rq1 --ran-as <providerJobId>"',
    );
    expect(nameSettling({ ...record, jobId: 'job_rq1' }, 'ann', true).remedy).toContain(
      '"renderq-mcp settle job_rq1 --principal ann --ran-as <providerJobId>"',
    );
  });

  it("is looked for again, also where the provider's own fault left it open", () => {
    const { record } = new RenderError({ code: 'PROVIDER_ERROR', message: 'x', jobId: 'job_rq1' });
    const sentAt = '2026-01-01T00:00:00.000Z';
    const job = {
      id: 'job_rq1',
      provider: 'phantomflow',
      state: 'failed',
      createdAt: sentAt,
      updatedAt: sentAt,
    } as const;
    const after = afterLook({ ...job, error: record, doubt: { sentAt } }, Date.parse(sentAt) + 60_000);
    expect(after.nextAction).toMatchObject({ tool: 'get_job', arguments: { jobId: 'job_rq1' } });
    expect(nameSettling(record, 'local', true).remedy).toContain('renderq-mcp settle job_rq1');
    expect(nameSettling(record, 'local', false)).toBe(record);
  });
});
