import { describe, expect, it } from 'vitest';
import { RenderFault, type RenderFaultKind } from '../../engine/renderer.ts';
import { finishRender, START, settle } from '../../service/__fixtures__/harness.ts';
import { stageRendobar } from './__fixtures__/rendobar-stage.ts';

const stage = stageRendobar();
const { call, body, submit, read } = stage;
const withoutOrigin = (url: string) => url.replace('http://sandbox.test/rendobar', '');

describe('a Rendobar job', () => {
  it('goes from waiting over running to complete, with a file and a cost that is settled a moment later', async () => {
    const answer = await call('/jobs', { body: body() });
    expect(answer.json).toEqual({ data: { id: expect.stringMatching(/^job_\w+$/), status: 'waiting' } });
    const { id } = answer.json.data;
    await stage.harness.renderer.started(1);
    stage.harness.renderer.pending[0]?.context.onProgress(0.25);
    expect(await read(id)).toMatchObject({ status: 'running', progress: 0.25, startedAt: START, completedAt: null });
    stage.harness.clock.advance(6000);
    await finishRender(stage.harness, { durationSeconds: 2 });

    const job = await read(id);
    expect(job).toMatchObject({
      status: 'complete',
      type: 'ffmpeg',
      createdAt: START,
      completedAt: START + 6000,
      cost: null,
      output: {
        data: null,
        file: {
          path: 'out.mp4',
          type: 'video',
          size: 16,
          meta: { format: 'mp4', width: 320, height: 180, durationMs: 2000 },
        },
        expiresAt: START + 6000 + 3_600_000,
      },
    });
    expect(job.output.files).toEqual([job.output.file]);
    expect(job).not.toHaveProperty('error');

    stage.harness.clock.advance(250);
    expect((await read(id)).cost).toEqual({ amount: 4_999_998, currency: 'USD', formatted: '$0.00' });
    const billing = (await call('/billing/state')).json.data;
    expect(billing.balance.amount).toBeCloseTo(25 - 0.005, 5);
    expect(billing.usage).toMatchObject({ jobCount: 1 });
  });

  it('tells what came out otherwise than it was written, as a local extension in plain words', async () => {
    const warned = await submit();
    await finishRender(stage.harness, { warnings: ['fontfile is replaced by the packaged font'] });
    expect((await read(warned)).warnings).toEqual(['fontfile is replaced by the packaged font']);
    const clean = await submit();
    await finishRender(stage.harness);
    expect(await read(clean)).not.toHaveProperty('warnings');
  });

  it('is downloaded by a signed link for one hour, in ranges too', async () => {
    const id = await submit();
    await finishRender(stage.harness);
    const link = withoutOrigin((await read(id)).output.file.url);
    const whole = await call(link, { key: null });
    expect([whole.status, whole.text, whole.headers.get('content-type')]).toEqual([
      200,
      'rendered out.mp4',
      'video/mp4',
    ]);
    const part = await call(link, { key: null, headers: { range: 'bytes=9-11' } });
    expect([part.status, part.text, part.headers.get('content-range')]).toEqual([206, 'out', 'bytes 9-11/16']);
    expect((await call(`/dl/${id}?token=x.y`, { key: null })).status).toBe(403);
    stage.harness.clock.advance(3_600_000);
    const late = await call(link, { key: null });
    expect([late.status, late.json.error.code]).toEqual([403, 'FORBIDDEN']);
    expect((await call(withoutOrigin((await read(id)).output.file.url), { key: null })).status).toBe(200);
  });

  it('gives each of several files a link of its own, and a stream its playlist as the file', async () => {
    const id = await submit();
    await finishRender(stage.harness, { names: ['seg/0.ts', 'main.m3u8'] });
    const { output } = await read(id);
    expect(output.file.path).toBe('main.m3u8');
    expect(output.files).toHaveLength(2);
    const segment = await call(withoutOrigin(output.files[0].url), { key: null });
    expect([segment.status, segment.text]).toEqual([200, 'rendered seg/0.ts']);
    const [, , , token] = withoutOrigin(output.files[0].url).split('/');
    expect((await call(`/v/${id}/${token}/main.m3u8`, { key: null })).status).toBe(403);
  });

  it('loses its output with its retention: the API says GONE, the raw link 404', async () => {
    const id = await submit();
    await finishRender(stage.harness);
    expect((await call(`/jobs/${id}/download`)).text).toBe('rendered out.mp4');
    stage.harness.clock.advance(30 * 86_400_000 - 1000);
    const link = withoutOrigin((await read(id)).output.file.url);
    stage.harness.clock.advance(1000);
    expect((await call(`/jobs/${id}/download`)).json.error.code).toBe('GONE');
    expect((await call(link, { key: null })).status).toBe(404);
    expect((await read(id)).output).toEqual({ data: null, file: null, files: [], expiresAt: null });
  });

  it.each<[RenderFaultKind, string, boolean]>([
    ['source-unreachable', 'INPUT_FETCH_FAILED', false],
    ['source-blocked', 'INPUT_URL_BLOCKED', false],
    ['source-not-media', 'INPUT_NOT_MEDIA', false],
    ['invalid-command', 'VALIDATION_ERROR', false],
    ['engine-cannot', 'NOT_IMPLEMENTED', false],
    ['failed', 'RUNNER_ERROR', false],
    ['timeout', 'JOB_TIMEOUT', false],
  ])('that the engine gives up with %s fails with %s and is charged for what it ran', async (kind, code, retryable) => {
    const id = await submit();
    await stage.harness.renderer.started(1);
    stage.harness.clock.advance(60_000);
    stage.harness.renderer.pending[0]?.fail(new RenderFault(kind, 'It went wrong.', 'tail of stderr'));
    await stage.harness.service.scheduler.drain();
    stage.harness.clock.advance(1000);
    const job = await read(id);
    expect(job).toMatchObject({
      status: 'failed',
      error: { code, message: 'It went wrong.', detail: 'tail of stderr', retryable },
      cost: { amount: 49_999_980 },
    });
    expect(job).not.toHaveProperty('output');
  });

  it('that never started costs nothing', async () => {
    const answer = await call('/jobs', { body: body(), headers: { 'x-sandbox-fault': 'job:RUNNER_TIMEOUT' } });
    await settle();
    stage.harness.clock.advance(1000);
    const job = await read(answer.json.data.id);
    expect(job).toMatchObject({ status: 'failed', startedAt: null, cost: { amount: 0 }, error: { retryable: true } });
  });

  it('can be cancelled while it waits or runs, and not when it has ended', async () => {
    const id = await submit();
    await stage.harness.renderer.started(1);
    const cancelled = await call(`/jobs/${id}/cancel`, { method: 'POST' });
    expect([cancelled.status, cancelled.json.data]).toMatchObject([
      200,
      { id, status: 'cancelled', completedAt: START },
    ]);
    const again = await call(`/jobs/${id}/cancel`, { method: 'POST' });
    expect([again.status, again.json.error.code]).toEqual([409, 'CONFLICT']);
  });

  it('has logs once it has started', async () => {
    const key = 'rb_sandbox_free';
    await submit({}, key);
    const id = await submit({}, key);
    expect((await call(`/jobs/${id}/logs`, { key })).status).toBe(404);
    await finishRender(stage.harness);
    await finishRender(stage.harness);
    const { json } = await call(`/jobs/${id}/logs`, { key });
    expect(json.data.map((line: { event: string }) => line.event)).toEqual([
      'job.start',
      'step.start',
      'step.complete',
      'job.complete',
    ]);
  });

  it("belongs to its organization: another's key finds nothing", async () => {
    const id = await submit();
    for (const [path, method] of [
      ['', 'GET'],
      ['/cancel', 'POST'],
      ['/logs', 'GET'],
      ['/download', 'GET'],
    ]) {
      const answer = await call(`/jobs/${id}${path}`, { method: method ?? 'GET', key: 'rb_sandbox_other' });
      expect([answer.status, answer.json.error.code]).toEqual([404, 'NOT_FOUND']);
    }
    expect((await call('/jobs', { key: 'rb_sandbox_other' })).json.data).toEqual([]);
  });

  it("can read a finished job's output as its input, and only a finished one of its own organization", async () => {
    const first = await submit();
    const early = await call('/jobs', { body: body({ inputs: { 'in.mp4': { job: first } } }) });
    expect(early.json.error).toMatchObject({ code: 'VALIDATION_ERROR', details: { path: 'inputs.in.mp4' } });
    await finishRender(stage.harness);
    await submit({ inputs: { 'in.mp4': { job: first } } });
    await stage.harness.renderer.started(1);
    const { task } = stage.harness.renderer.pending[0] ?? {};
    expect(task).toMatchObject({ inputs: { 'in.mp4': { path: expect.stringContaining(first) } } });
    const foreign = await call('/jobs', { body: body({ inputs: { a: { job: first } } }), key: 'rb_sandbox_other' });
    expect(foreign.status).toBe(400);
  });
});
