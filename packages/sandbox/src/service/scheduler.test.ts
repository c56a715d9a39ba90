import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RenderFault } from '../engine/renderer.ts';
import {
  createHarness,
  finishRender,
  type Harness,
  type HarnessOptions,
  settle,
  until,
} from './__fixtures__/harness.ts';

const body = { type: 'ffmpeg', params: { command: 'ffmpeg -i in.mp4 out.mp4' } };

let harness: Harness;
const start = async (options?: HarnessOptions) => {
  harness = await createHarness(options);
};
afterEach(() => harness.close());

async function submit(key = 'rb_sandbox'): Promise<string> {
  const answer = await harness.rendobar('/jobs', { body, key });
  expect(answer.status).toBe(201);
  return answer.json.data.id;
}
const stateOf = (id: string) => harness.service.jobs.get(id)?.state;

describe('scheduler', () => {
  describe('with two engines', () => {
    beforeEach(() => start({ parallelism: 2 }));

    it('runs as many renders at a time as there are engines, and the next one when an engine is free', async () => {
      const ids = [await submit(), await submit(), await submit()];
      await harness.renderer.started(2);
      await settle();
      expect(harness.renderer.pending).toHaveLength(2);
      expect(ids.map(stateOf)).toEqual(['running', 'running', 'dispatched']);
      await harness.renderer.renderOf(ids[0] ?? '').finish();
      await harness.renderer.started(2);
      expect(ids.map(stateOf)).toEqual(['complete', 'running', 'running']);
    });

    it('lets the jobs of an account wait that are above its cap, without holding up another account', async () => {
      const first = await submit('rb_sandbox_free');
      const second = await submit('rb_sandbox_free');
      const other = await submit('rb_sandbox_pro');
      await harness.renderer.started(2);
      await settle();
      expect([first, second, other].map(stateOf)).toEqual(['running', 'waiting', 'running']);
      await harness.renderer.renderOf(first).finish();
      await harness.renderer.started(2);
      expect([first, second].map(stateOf)).toEqual(['complete', 'running']);
    });

    it('stops the engine of a cancelled job and removes its work folder', async () => {
      const id = await submit();
      await harness.renderer.started(1);
      const { context } = harness.renderer.pending[0] ?? {};
      expect(existsSync(context?.workDir ?? '')).toBe(true);
      await harness.rendobar(`/jobs/${id}/cancel`, { method: 'POST' });
      expect(context?.signal.aborted).toBe(true);
      await harness.service.scheduler.drain();
      expect(stateOf(id)).toBe('cancelled');
      expect(existsSync(context?.workDir ?? '')).toBe(false);
    });

    it('never starts a job that was cancelled while it waited', async () => {
      const first = await submit('rb_sandbox_free');
      const second = await submit('rb_sandbox_free');
      await harness.renderer.started(1);
      await harness.rendobar(`/jobs/${second}/cancel`, { method: 'POST', key: 'rb_sandbox_free' });
      await finishRender(harness);
      await settle();
      expect([first, second].map(stateOf)).toEqual(['complete', 'cancelled']);
      expect(harness.renderer.pending).toHaveLength(0);
    });

    it('keeps the outputs and nothing else of a finished render', async () => {
      const id = await submit();
      await finishRender(harness, { names: ['a.mp4', 'b.mp4'] });
      await harness.service.scheduler.drain();
      expect(readdirSync(join(harness.dataDir, 'output', id))).toEqual(['0', '1']);
      expect(readdirSync(join(harness.dataDir, 'work'))).toEqual([]);
    });

    it('never lets progress fall', async () => {
      const id = await submit();
      await harness.renderer.started(1);
      const report = harness.renderer.pending[0]?.context.onProgress;
      report?.(0.5);
      report?.(0.2);
      expect(harness.service.jobs.get(id)?.progress).toBe(0.5);
    });

    it('lets no hanging job keep a real one from rendering', async () => {
      for (let job = 0; job < 2; job += 1) harness.service.faults.add({ do: { hang: 'running', progress: 0.9 } });
      const stuck = [await submit(), await submit()];
      const real = await submit();
      await harness.renderer.started(1);
      await harness.renderer.pending[0]?.finish();
      await until(() => stateOf(real) === 'complete');
      expect(stuck.map(stateOf)).toEqual(['running', 'running']);
      expect(harness.service.jobs.get(stuck[0] ?? '')?.progress).toBe(0.9);
    });

    it('forgets a job at a reset, stops its render and leaves no file of it', async () => {
      const id = await submit();
      await harness.renderer.started(1);
      const signal = harness.renderer.pending[0]?.context.signal;
      harness.service.reset();
      await harness.service.scheduler.drain();
      expect(signal?.aborted).toBe(true);
      expect(stateOf(id)).toBeUndefined();
      expect(readdirSync(join(harness.dataDir, 'work'))).toEqual([]);
    });

    it('fails a job whose engine breaks in an unforeseen way, and notes the defect', async () => {
      const id = await submit();
      await harness.renderer.started(1);
      harness.renderer.pending[0]?.fail(new TypeError('undefined is not a frame'));
      await harness.service.scheduler.drain();
      expect(stateOf(id)).toBe('failed');
      expect(harness.service.jobs.get(id)?.failure?.message).not.toContain('frame');
      expect(harness.service.defects[0]?.message).toContain('undefined is not a frame');
    });

    it('notes no defect for a render that the engine says has failed', async () => {
      await submit();
      await harness.renderer.started(1);
      harness.renderer.pending[0]?.fail(new RenderFault('failed', 'FFmpeg exited with code 1'));
      await harness.service.scheduler.drain();
      expect(harness.service.defects).toEqual([]);
    });
  });
});
