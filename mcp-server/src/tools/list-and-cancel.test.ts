import { RenderError } from '@renderq/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bench, createBench, expectError, idOf, settle, submit } from '../__fixtures__/test-bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await createBench();
});
afterEach(() => bench.close());

describe('list_jobs', () => {
  it('lists newest first with what is needed to choose one, and points to the newest open job', async () => {
    const first = idOf(await submit(bench, { label: 'one' }));
    const second = idOf(await submit(bench, { label: 'two', provider: 'rendobar' }));
    bench.rendobar.move('rendobar-1', { state: 'succeeded', output: { url: 'https://cdn.test/b.mp4', files: [] } });
    const { envelope } = await bench.call('list_jobs');
    expect(envelope.jobs?.map(({ id, label, state }) => [id, label, state])).toEqual([
      [second, 'two', 'succeeded'],
      [first, 'one', 'queued'],
    ]);
    expect(envelope.jobs?.[0]).not.toHaveProperty('output');
    expect(envelope.nextAction).toMatchObject({ tool: 'get_job', arguments: { jobId: first } });
  });

  it('pages and filters', async () => {
    const first = idOf(await submit(bench));
    const second = idOf(await submit(bench, { idempotencyKey: 'second' }));
    const page = await bench.call('list_jobs', { provider: 'phantomflow', state: 'queued', limit: 1 });
    expect(page.envelope.jobs).toMatchObject([{ id: second }]);
    const rest = await bench.call('list_jobs', { limit: 1, cursor: page.envelope.nextCursor });
    expect(rest.envelope.jobs).toMatchObject([{ id: first }]);
    expect(rest.envelope.nextCursor).toBeUndefined();
    expect((await bench.call('list_jobs', { provider: 'rendobar' })).envelope.jobs).toEqual([]);
  });
});

describe('cancel_job', () => {
  it('cancels a job at the provider', async () => {
    const id = idOf(await submit(bench, { provider: 'rendobar' }));
    const seen = await bench.call('cancel_job', { jobId: id });
    expect(seen.envelope.job).toMatchObject({ id, state: 'cancelled' });
    expect(seen.text).toContain('is cancelled');
  });

  it('says that a provider cannot cancel, and that the job goes on', async () => {
    bench.phantomflow.cancelFault = new RenderError({
      code: 'PROVIDER_UNSUPPORTED',
      message: 'PhantomFlow documents no way to cancel a job.',
      provider: 'phantomflow',
      remedy: 'Let the job end.',
    });
    const id = idOf(await submit(bench));
    const seen = await bench.call('cancel_job', { jobId: id });
    expectError(seen, 'PROVIDER_UNSUPPORTED');
    expect(seen.envelope.nextAction).toMatchObject({ tool: 'get_job', arguments: { jobId: id } });
    expect((await bench.call('get_job', { jobId: id })).envelope.job?.state).toBe('queued');
  });

  it('refuses to cancel a job that has ended, or that nobody submitted', async () => {
    const id = idOf(await submit(bench));
    bench.phantomflow.move('phantomflow-1', { state: 'succeeded' });
    await settle();
    expectError(await bench.call('cancel_job', { jobId: id }), 'CONFLICT', 'jobId');
    expectError(await bench.call('cancel_job', { jobId: 'job_rqunknown' }), 'NOT_FOUND', 'jobId');
  });
});
