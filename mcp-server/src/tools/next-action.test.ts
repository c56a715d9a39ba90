import { RENDER_ERROR_CODES, RenderError } from '@renderq/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bench, createBench, idOf, MOVIE, type Seen, settle, submit } from '../__fixtures__/test-bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await createBench();
});
afterEach(() => bench.close());

/** Makes the call that an answer names, while time goes on. */
async function follow({ envelope }: Seen): Promise<Seen | undefined> {
  const { nextAction } = envelope;
  if (!nextAction) return undefined;
  let seen: Seen | undefined;
  void bench.call(nextAction.tool, nextAction.arguments).then((answer) => {
    seen = answer;
  });
  for (let second = 0; second < 50 && !seen; second += 1) {
    await settle();
    await bench.clock.advance(1000);
  }
  expect(seen).toBeDefined();
  return seen;
}

/** The server takes its own advice: the call is understood, whatever comes of it. */
function expectUnderstood(next: Seen | undefined): void {
  expect(next?.envelope.error?.code).not.toBe('INVALID_REQUEST');
  expect(next?.envelope.error?.code).not.toBe('NOT_FOUND');
  expect((next?.envelope.warnings ?? []).join()).not.toContain('Ignored');
}

describe('the next action of an answer', () => {
  it.each([
    ['list_providers', {}],
    ['validate_render', { provider: 'phantomflow', request: MOVIE }],
    ['validate_render', { provider: 'phantomflo', request: MOVIE }],
    ['submit_render', { provider: 'x', request: {} }],
    ['submit_render', { provider: 'phantomflow' }],
    ['get_job', { jobId: 'job_never' }],
    ['cancel_job', { jobId: 'job_never' }],
    ['list_jobs', { provider: 'x' }],
  ])('of %s with %j is a call that this server understands', async (tool, args) => {
    const seen = await bench.call(tool, args);
    expect(seen.envelope.nextAction).toBeDefined();
    expectUnderstood(await follow(seen));
  });

  it.each(RENDER_ERROR_CODES)('of a job that failed with %s is one too, or there is none', async (code) => {
    const first = await submit(bench);
    const error = new RenderError({ code, message: 'no', provider: 'phantomflow' }).record;
    bench.phantomflow.move('phantomflow-1', { state: 'failed', error });
    const seen = await bench.call('get_job', { jobId: idOf(first) });
    expect(seen.envelope.job?.error?.code).toBe(code);
    expectUnderstood(await follow(seen));
  });
});
