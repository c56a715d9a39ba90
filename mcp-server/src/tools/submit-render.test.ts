import { RenderError } from '@renderq/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bench, createBench, expectError, idOf, MOVIE, settle, submit } from '../__fixtures__/test-bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await createBench();
});
afterEach(() => bench.close());

describe('submit_render', () => {
  it('answers with the job and the next call, as soon as the provider has it', async () => {
    const seen = await bench.call('submit_render', { provider: 'phantomflow', request: MOVIE, label: 'intro' });
    expect(seen.isError).toBe(false);
    expect(seen.envelope.job).toMatchObject({ state: 'queued', label: 'intro', providerJobId: 'phantomflow-1' });
    expect(seen.envelope.nextAction).toMatchObject({ tool: 'get_job', arguments: { jobId: idOf(seen) } });
    expect(seen.text).toContain(idOf(seen));
    expect(seen.envelope.warnings).toBeUndefined();
    expect(bench.phantomflow.submits[0]?.request).toEqual(MOVIE);
  });

  it('answers within a second and a half even when the provider does not', async () => {
    bench.phantomflow.onSubmit = () => new Promise(() => undefined);
    let answered = false;
    const call = bench.call('submit_render', { provider: 'phantomflow', request: MOVIE }).then((seen) => {
      answered = true;
      return seen;
    });
    await settle();
    await bench.clock.advance(1499);
    expect(answered).toBe(false);
    await bench.clock.advance(1);
    expect((await call).envelope.job?.state).toBe('submitting');
  });

  it('shows an early refusal in the same answer, as the failure of the job and not of the call', async () => {
    bench.phantomflow.submitFault = new RenderError({
      code: 'INSUFFICIENT_CREDITS',
      message: 'Not enough credits.',
      provider: 'phantomflow',
      providerCode: 'INSUFFICIENT_CREDITS',
      httpStatus: 402,
      required: 5,
      balance: 2,
    });
    const seen = await bench.call('submit_render', { provider: 'phantomflow', request: MOVIE });
    expect(seen.isError).toBe(false);
    expect(seen.envelope.job).toMatchObject({
      state: 'failed',
      error: { code: 'INSUFFICIENT_CREDITS', required: 5, balance: 2 },
    });
    expect(seen.text.split('\n')[0]).toContain(
      'INSUFFICIENT_CREDITS (INSUFFICIENT_CREDITS): provider says: "Not enough',
    );
    expect(seen.text).toContain('Next: Top up');
    expect(seen.envelope.nextAction).toBeUndefined();
  });

  it('shows a refusal that is being waited out, with the code and the time of the next attempt', async () => {
    bench.phantomflow.onSubmit = (options) => {
      options.onQueued?.({
        reason: 'rate',
        attempts: 1,
        nextAttemptAt: bench.clock.now() + 6000,
        error: new RenderError({
          code: 'RATE_LIMITED',
          message: 'Too many requests.',
          provider: 'phantomflow',
          providerCode: 'RATE_LIMIT_EXCEEDED',
          retryAfterMs: 6000,
        }).record,
      });
      return new Promise(() => undefined);
    };
    const seen = await bench.call('submit_render', { provider: 'phantomflow', request: MOVIE });
    expect(seen.isError).toBe(false);
    expect(seen.envelope.job).toMatchObject({
      state: 'queued',
      queue: {
        reason: 'rate',
        nextAttemptAt: '2026-01-01T00:00:06.000Z',
        error: { code: 'RATE_LIMITED', providerCode: 'RATE_LIMIT_EXCEEDED', retryAfterMs: 6000 },
      },
    });
    expect(seen.text).toContain('RATE_LIMITED (RATE_LIMIT_EXCEEDED)');
  });

  it('refuses what the provider would refuse on sight, naming the path in the arguments', async () => {
    bench.issues.push({ field: 'scenes', message: 'At least one scene is required.' });
    expectError(
      await bench.call('submit_render', { provider: 'phantomflow', request: {} }),
      'INVALID_REQUEST',
      'request.scenes',
    );
    expect(bench.phantomflow.submits).toEqual([]);
  });

  it('answers a repeated key with the first job, and another request under it with CONFLICT', async () => {
    const first = await submit(bench, { idempotencyKey: 'k' });
    const again = await submit(bench, { idempotencyKey: 'k' });
    expect(again.envelope.job).toMatchObject({ id: idOf(first), deduplicated: true });
    expect(again.envelope.warnings?.join()).toContain('first job');
    const other = await submit(bench, { idempotencyKey: 'k', request: { scenes: [] } });
    expectError(other, 'CONFLICT', 'idempotencyKey');
    expect(other.envelope.nextAction).toMatchObject({ tool: 'get_job', arguments: { jobId: idOf(first) } });
    expect(bench.phantomflow.submits).toHaveLength(1);
  });

  it('takes the same request for a repeat for some minutes, and says how to mean it', async () => {
    const first = await submit(bench);
    const again = await submit(bench);
    expect(again.envelope.job).toMatchObject({ id: idOf(first), deduplicated: true });
    expect(again.envelope.warnings).toEqual([expect.stringContaining('give an idempotencyKey of its own')]);
    expect(again.text).toContain('\nNote: The same request');
    expect(idOf(await submit(bench, { idempotencyKey: 'own' }))).not.toBe(idOf(first));
    expect(bench.phantomflow.submits).toHaveLength(2);
  });

  it('hands the queue budget on in milliseconds, ten minutes by default', async () => {
    await submit(bench);
    await submit(bench, { maxQueueSeconds: 0, idempotencyKey: 'another' });
    expect(bench.phantomflow.submits.map(({ options }) => options.maxQueueMs)).toEqual([600_000, 0]);
  });

  it('records a job whose caller gave up', async () => {
    bench.phantomflow.onSubmit = () => new Promise(() => undefined);
    const caller = new AbortController();
    const call = bench.client
      .callTool(
        { name: 'submit_render', arguments: { provider: 'phantomflow', request: MOVIE } },
        { signal: caller.signal },
      )
      .catch((fault: unknown) => fault);
    await settle();
    caller.abort();
    await call;
    expect((await bench.call('list_jobs')).envelope.jobs).toMatchObject([{ state: 'submitting' }]);
  });
});
