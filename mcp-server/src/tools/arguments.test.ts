import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bench, createBench, expectError, MOVIE, submit } from '../__fixtures__/test-bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await createBench();
});
afterEach(() => bench.close());

describe('arguments', () => {
  it.each([
    ['submit_render', { request: MOVIE }, 'provider'],
    ['submit_render', { provider: 'phantomflow' }, 'request'],
    ['submit_render', { provider: 7, request: MOVIE }, 'provider'],
    ['submit_render', { provider: 'phantomflow', request: 'a film' }, 'request'],
    ['submit_render', { provider: 'phantomflow', request: [MOVIE] }, 'request'],
    ['submit_render', { provider: 'phantomflow', request: MOVIE, maxQueueSeconds: 3601 }, 'maxQueueSeconds'],
    ['submit_render', { provider: 'phantomflow', request: MOVIE, maxQueueSeconds: '60' }, 'maxQueueSeconds'],
    ['submit_render', { provider: 'phantomflow', request: MOVIE, idempotencyKey: 7 }, 'idempotencyKey'],
    ['submit_render', { provider: 'phantomflow', request: MOVIE, label: 'x'.repeat(201) }, 'label'],
    ['validate_render', { provider: 'phantomflow' }, 'request'],
    ['get_job', {}, 'jobId'],
    ['get_job', { jobId: null }, 'jobId'],
    ['get_job', { jobId: '  ' }, 'jobId'],
    ['get_job', { jobId: 'job_rqx', waitSeconds: 46 }, 'waitSeconds'],
    ['get_job', { jobId: 'job_rqx', waitSeconds: -1 }, 'waitSeconds'],
    ['list_jobs', { state: 'done' }, 'state'],
    ['list_jobs', { limit: 1.5 }, 'limit'],
    ['list_jobs', { cursor: 'elsewhere' }, 'cursor'],
    ['cancel_job', { jobId: 12 }, 'jobId'],
  ])('%s %j is refused with INVALID_REQUEST naming %s', async (tool, args, field) => {
    expectError(await bench.call(tool, args), 'INVALID_REQUEST', field);
    expect(bench.phantomflow.submits).toEqual([]);
  });

  it('names every wrong argument, not only the first', async () => {
    const { envelope } = await bench.call('submit_render', { provider: 'x' });
    expect(envelope.error?.issues?.map(({ field }) => field)).toEqual(['provider', 'request']);
  });

  it('guesses what a mistyped provider should be', async () => {
    const seen = await bench.call('submit_render', { provider: 'phantom-flow', request: MOVIE });
    expectError(seen, 'INVALID_REQUEST', 'provider');
    expect(seen.text).toContain("Did you mean 'phantomflow'?");
    expect(seen.envelope.nextAction).toMatchObject({ tool: 'list_providers' });
  });

  it('ignores unknown arguments with a warning, and those that n8n adds without one', async () => {
    const seen = await submit(bench, {
      idempotencykey: 'k',
      toolCallId: '1',
      sessionId: '2',
      action: '3',
      chatInput: '4',
    });
    expect(seen.isError).toBe(false);
    expect(seen.envelope.warnings).toEqual([
      "Ignored unknown argument 'idempotencykey'. Did you mean 'idempotencyKey'?",
    ]);
    expect(seen.text).toContain('Note: Ignored');
  });

  it('takes options that a host left open as not given', async () => {
    const seen = await submit(bench, { idempotencyKey: '', label: null, maxQueueSeconds: null });
    expect(seen.isError).toBe(false);
    expect(seen.envelope.warnings).toBeUndefined();
    expect(seen.envelope.job?.label).toBeUndefined();
  });

  it('reads a request that a model wrote as JSON text, with a warning', async () => {
    const seen = await submit(bench, { request: JSON.stringify(MOVIE) });
    expect(seen.isError).toBe(false);
    expect(bench.phantomflow.submits[0]?.request).toEqual(MOVIE);
    expect(seen.envelope.warnings?.join()).toContain('request was JSON text');
  });
});
