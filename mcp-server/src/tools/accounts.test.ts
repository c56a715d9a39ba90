import { delimiter } from 'node:path';
import { RenderError } from '@renderq/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bench, BOTH_KEYS, createBench, expectError, idOf, MOVIE, submit } from '../__fixtures__/test-bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await createBench();
});
afterEach(() => bench.close());

/** Starts again under another environment. */
async function open(env: Readonly<Record<string, string>>): Promise<void> {
  await bench.close();
  bench = await createBench(env);
}

describe('accounts', () => {
  it('shows configured accounts without their keys', async () => {
    const seen = await bench.call('list_providers');
    expect(seen.envelope.providers).toMatchObject([
      {
        id: 'rendobar',
        mode: 'live',
        configured: true,
        baseUrl: 'https://api.rendobar.test',
        canCancel: true,
        limits: { requestsPerMinute: 10, concurrentJobs: 1 },
        errorCodes: { RATE_LIMITED: ['RATE_LIMIT_EXCEEDED'] },
      },
      { id: 'phantomflow', mode: 'live', canCancel: false },
    ]);
    expect(JSON.stringify(seen)).not.toContain('secret');
    expect(bench.sandbox.starts).toBe(0);
  });

  it('shows the limits of the plan that the settings state', async () => {
    await open({ ...BOTH_KEYS, RENDOBAR_CONCURRENT_JOBS: '7' });
    const { envelope } = await bench.call('list_providers');
    expect(envelope.providers?.[0]).toMatchObject({ limits: { requestsPerMinute: 10, concurrentJobs: 7 } });
  });

  it('shows where an open account stands, and which folders may be named', async () => {
    await open({ ...BOTH_KEYS, RENDERQ_FILES: ['/media', 'films'].join(delimiter) });
    bench.phantomflow.state = {
      ...bench.phantomflow.state,
      window: { requestsPerMinute: 10, remaining: 0, resetsAt: bench.clock.now() + 6000 },
      slots: { capacity: 2, allowed: 2, taken: 2, foreign: 0, jobs: ['a', 'b'] },
      queue: {
        waiting: 3,
        owners: 1,
        heldBy: 'slot',
        error: new RenderError({ code: 'CONCURRENCY_LIMITED', message: 'Too many\u202e jobs' }).record,
      },
    };
    const { envelope } = await bench.call('list_providers');
    expect(envelope.providers?.[0]).toMatchObject({ localFiles: { folders: ['/media'] } });
    expect(envelope.providers?.[1]).not.toHaveProperty('localFiles');
    expect(envelope.providers?.[1]?.now).toEqual({
      requestsPerMinute: 10,
      requestsLeft: 0,
      windowResetsAt: '2026-01-01T00:00:06.000Z',
      jobSlots: 2,
      jobSlotsTaken: 2,
      waiting: 3,
      heldBy: 'slot',
      error: expect.objectContaining({ code: 'CONCURRENCY_LIMITED', message: 'Too many jobs' }),
    });
    expect(envelope.warnings).toEqual(["RENDERQ_FILES: 'films' is no absolute path, so it is ignored."]);
  });

  it('lets media be read at a private address only where jobs are sent there', async () => {
    expect(bench.accounts.sandboxOrigins()).toEqual([]);
    await open({
      RENDOBAR_API_KEY: 'rb_x',
      RENDOBAR_BASE_URL: 'http://127.0.0.1:4020/rendobar',
      PHANTOMFLOW_BASE_URL: 'http://127.0.0.1:4021/phantomflow',
    });
    expect(bench.accounts.sandboxOrigins()).toEqual(['http://127.0.0.1:4020']);
    await open({ RENDOBAR_API_KEY: 'rb_x', RENDOBAR_BASE_URL: 'http://10.0.0.1/rendobar' });
    expect(bench.accounts.sandboxOrigins()).toEqual([]);
    await open({});
    expect(bench.accounts.sandboxOrigins()).toEqual([]);
    await bench.call('list_providers');
    expect(bench.accounts.sandboxOrigins()).toEqual(['http://127.0.0.1:1']);
  });

  it('rehearses both providers on one sandbox when there is no key at all, and labels it', async () => {
    await open({});
    const [one, two] = await Promise.all([
      bench.call('list_providers'),
      bench.call('submit_render', { provider: 'rendobar', request: { type: 'ffmpeg' } }),
    ]);
    expect(one.envelope.providers).toMatchObject([
      {
        id: 'rendobar',
        mode: 'sandbox',
        local: true,
        baseUrl: 'http://127.0.0.1:1/rendobar',
        engine: { kind: 'wasm' },
      },
      { id: 'phantomflow', mode: 'sandbox', local: true },
    ]);
    expect(one.envelope.providers?.[0]).not.toHaveProperty('note');
    expect(two.envelope.job).toMatchObject({ local: true });
    expect(two.envelope.warnings).toEqual([
      'Rendered by the local sandbox; nothing was sent to or billed by Rendobar.',
    ]);
    expect(bench.sandbox.starts).toBe(1);
    expect(bench.made).toContainEqual({
      provider: 'rendobar',
      apiKey: 'rb_sandbox',
      baseUrl: 'http://127.0.0.1:1/rendobar',
    });
  });

  it('says that the files of a rehearsal are those of another server, where they are', async () => {
    await open({});
    const seenAt = async (url: string) => {
      const seen = await submit(bench, { idempotencyKey: url });
      const output = { url, files: [{ url }] };
      bench.phantomflow.move(`phantomflow-${bench.phantomflow.submits.length}`, { state: 'succeeded', output });
      return (await bench.call('get_job', { jobId: idOf(seen) })).envelope.warnings?.join();
    };
    expect(await seenAt('http://127.0.0.1:1/phantomflow/output/a')).not.toContain('Another server');
    expect(await seenAt('http://127.0.0.1:2/phantomflow/output/a')).toContain('Another server');
  });

  it('tells of a rehearsal whose sandbox has ended, with the call that renders it anew', async () => {
    await open({});
    const first = await submit(bench, { idempotencyKey: 'mine', label: 'intro' });
    const url = 'http://127.0.0.1:9/phantomflow/output/a';
    bench.phantomflow.move('phantomflow-1', { state: 'succeeded', output: { url, files: [{ url }] } });
    await bench.call('get_job', { jobId: idOf(first) });
    bench.store.endLife('local-phantomflow');

    const seen = await bench.call('get_job', { jobId: idOf(first), waitSeconds: 1 });
    expectError(seen, 'OUTPUT_EXPIRED');
    expect(seen.envelope.job).toMatchObject({ state: 'succeeded', local: true });
    expect(seen.text).not.toContain(url);
    expect(seen.envelope.nextAction).toMatchObject({
      tool: 'submit_render',
      arguments: { provider: 'phantomflow', request: MOVIE, label: 'intro' },
    });
    const again = await submit(bench, seen.envelope.nextAction?.arguments);
    expect(again.envelope.job).toMatchObject({ local: true, label: 'intro' });
    expect(idOf(again)).not.toBe(idOf(first));
    expect(again.envelope.job).not.toHaveProperty('deduplicated');
    expect(idOf(await submit(bench, { idempotencyKey: 'mine' }))).not.toBe(idOf(first));
  });

  it('says that a base URL without a key is not used', async () => {
    await open({ RENDOBAR_BASE_URL: 'http://127.0.0.1:9' });
    const { envelope } = await bench.call('list_providers');
    expect(envelope.providers?.[0]).toMatchObject({
      mode: 'sandbox',
      note: 'RENDOBAR_BASE_URL is ignored until RENDOBAR_API_KEY is set.',
    });
  });

  it('never sends to the sandbox or anywhere for a provider without a key beside one with', async () => {
    await open({ RENDOBAR_API_KEY: 'rb_x', PHANTOMFLOW_API_KEY: '  ' });
    const seen = await bench.call('submit_render', { provider: 'phantomflow', request: MOVIE });
    expectError(seen, 'UNAUTHENTICATED', 'PHANTOMFLOW_API_KEY');
    expect(seen.envelope.error?.remedy).toContain('PHANTOMFLOW_API_KEY');
    const listed = await bench.call('list_providers');
    expect(listed.envelope.providers).toMatchObject([
      { id: 'rendobar', mode: 'live' },
      { id: 'phantomflow', mode: 'not-configured', configured: false, problem: { code: 'UNAUTHENTICATED' } },
    ]);
    expect(bench.sandbox.starts).toBe(0);
    expect(bench.made.map(({ provider }) => provider)).toEqual(['rendobar']);
  });

  it('tells a bad base URL at the call, and the account works once the fault has passed', async () => {
    await open({ ...BOTH_KEYS, PHANTOMFLOW_BASE_URL: 'http://example.com/?key=secret' });
    bench.clientFault.value = new RenderError({ code: 'INVALID_REQUEST', message: 'plain http', field: 'baseUrl' });
    expectError(
      await bench.call('submit_render', { provider: 'phantomflow', request: MOVIE }),
      'INVALID_REQUEST',
      'PHANTOMFLOW_BASE_URL',
    );
    const listed = await bench.call('list_providers');
    expect(listed.envelope.providers?.[1]).toMatchObject({ configured: false, baseUrl: 'http://example.com' });
    expect(JSON.stringify(listed)).not.toContain('secret');
    bench.clientFault.value = undefined;
    expect((await submit(bench)).isError).toBe(false);
  });

  it('answers INTERNAL without a detail when something unforeseen breaks, and logs it', async () => {
    await open({});
    bench.sandbox.fault = new TypeError('cannot read /home/somebody/file');
    const seen = await bench.call('submit_render', { provider: 'rendobar', request: { type: 'ffmpeg' } });
    expectError(seen, 'INTERNAL');
    expect(JSON.stringify(seen)).not.toContain('/home');
    expect(bench.logLines.join()).toContain('"event":"tool-fault"');
    bench.sandbox.fault = undefined;
    expect((await submit(bench, { provider: 'rendobar' })).isError).toBe(false);
  });
});

describe('the log', () => {
  it('says what was called and how it went, and holds no request and no key', async () => {
    await submit(bench, { request: { scenes: [{ text: 'private words' }] } });
    await bench.call('get_job', { jobId: 'job_rqunknown' });
    const lines = bench.logLines.map((line): unknown => JSON.parse(line));
    expect(lines).toMatchObject([
      { level: 'info', event: 'tool', tool: 'submit_render' },
      { level: 'info', event: 'tool', tool: 'get_job', code: 'NOT_FOUND' },
    ]);
    expect(bench.logLines.join()).not.toMatch(/private words|secret/);
  });
});
