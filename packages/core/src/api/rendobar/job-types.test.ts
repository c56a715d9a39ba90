import { describe, expect, expectTypeOf, it } from 'vitest';
import { isRendobarJob, type RendobarJob } from '../../providers/rendobar/job.ts';
import type { RendobarCompressData, RendobarProbeData } from '../../providers/rendobar/job-data.ts';
import { created, inTurn } from '../../testing/answers.ts';
import { setRendobarStage } from '../../testing/rendobar-stage.ts';
import type { RendobarJobRequest } from './job-request.ts';
import type { RendobarJobs } from './jobs.ts';

/** Never called: what is in it is for the compiler. */
async function theCompilerHolds(jobs: RendobarJobs, anyRequest: RendobarJobRequest, seconds?: number): Promise<void> {
  const source = 'https://a.example/in.mp4';
  // One param that each type has, and the same one mistyped.
  await jobs.create({ type: 'ffmpeg', params: { command: 'a b', compute: 'cpu' } });
  // @ts-expect-error comand
  await jobs.create({ type: 'ffmpeg', params: { comand: 'a b' } });
  // @ts-expect-error cmpute
  await jobs.create({ type: 'ffmpeg', params: { command: 'a b', cmpute: 'cpu' } });
  // @ts-expect-error no such compute
  await jobs.create({ type: 'ffmpeg', params: { command: 'a b', compute: 'gpuu' } });
  await jobs.create({ type: 'ffprobe', params: { command: source, timeout: 5 } });
  // @ts-expect-error timout
  await jobs.create({ type: 'ffprobe', params: { command: source, timout: 5 } });
  await jobs.create({ type: 'compose', params: { timeline: { tracks: [{ clips: [{ asset: { type: 'text' } }] }] } } });
  // @ts-expect-error timline
  await jobs.create({ type: 'compose', params: { timline: { tracks: [] } } });
  // @ts-expect-error trakcs
  await jobs.create({ type: 'compose', params: { timeline: { trakcs: [] } } });
  await jobs.create({ type: 'compress.target', inputs: { source }, params: { target: { maxSize: '8mb' } } });
  // @ts-expect-error tarjet
  await jobs.create({ type: 'compress.target', inputs: { source }, params: { tarjet: 80 } });
  await jobs.create({ type: 'caption.burn', inputs: { source }, params: { fontSize: 40 } });
  // @ts-expect-error fontsize
  await jobs.create({ type: 'caption.burn', inputs: { source }, params: { fontsize: 40 } });
  await jobs.create({
    type: 'captions.animate',
    inputs: { source },
    params: { preset: 'neon', style: { layout: 'word' } },
  });
  // @ts-expect-error layuot
  await jobs.create({ type: 'captions.animate', inputs: { source }, params: { style: { layuot: 'word' } } });
  await jobs.create({ type: 'image.generate', params: { prompt: 'a fox', seed: 1 } });
  // @ts-expect-error promt
  await jobs.create({ type: 'image.generate', params: { prompt: 'a fox', promt: 'b' } });
  await jobs.create({ type: 'image.edit', inputs: { images: [source] }, params: { prompt: 'a fox' } });
  // @ts-expect-error image
  await jobs.create({ type: 'image.edit', inputs: { image: [source] }, params: { prompt: 'a fox' } });
  await jobs.create({ type: 'image.upscale', inputs: { source }, params: { sizing: { mode: 'factor', factor: 2 } } });
  // @ts-expect-error siezing
  await jobs.create({ type: 'image.upscale', inputs: { source }, params: { siezing: { mode: 'factor' } } });
  // @ts-expect-error sourse
  await jobs.create({ type: 'image.upscale', inputs: { sourse: source } });
  // @ts-expect-error destination
  await jobs.create({ type: 'ffmpeg', params: { command: 'a b' }, destination: ['storage://main'] });

  // A type of next year takes anything, and its job is still a job of that type.
  const unheard = await jobs.create({ type: 'hologram.spin', params: { rpm: 33 } });
  expectTypeOf(unheard.type).toEqualTypeOf<'hologram.spin' | undefined>();
  expectTypeOf(unheard.output?.data).toEqualTypeOf<unknown>();
  // A request that is one of several, and options that may be undefined.
  await jobs.create(anyRequest, { signal: undefined, reference: undefined, maxQueueMs: seconds });
  await jobs.create({ type: 'ffprobe', params: { command: source, timeout: seconds } }, { onQueued: undefined });

  const probe = await jobs.create({ type: 'ffprobe', params: { command: source } });
  const probed = await jobs.wait(probe, {
    onChange: (seen) => expectTypeOf(seen).toEqualTypeOf<RendobarJob<'ffprobe'>>(),
  });
  expectTypeOf(probed.output?.data).toEqualTypeOf<RendobarProbeData | undefined>();
  expectTypeOf((await jobs.get(probe)).output?.data).toEqualTypeOf<RendobarProbeData | undefined>();
  const looked = await jobs.wait(probe.id);
  expectTypeOf(looked.output?.data).toEqualTypeOf<unknown>();
  if (isRendobarJob(looked, 'compress.target')) {
    expectTypeOf(looked.output?.data).toEqualTypeOf<RendobarCompressData | undefined>();
  }
  // Any job of a known type is a job.
  expectTypeOf(probed).toExtend<RendobarJob>();
}

const job = {
  id: 'job_1',
  type: 'ffprobe',
  status: 'complete',
  inputs: { source: 'https://a.example/in.mp4' },
  params: { command: 'in.mp4' },
  eta: 12,
  bootState: 'warm',
  metricsAvailable: true,
  resourcesAvailable: false,
  output: { data: { summary: { kind: 'video', durationSec: 4 } }, file: null, files: [], expiresAt: null },
};

describe('the types of Rendobar jobs', () => {
  it('are held by the compiler', () => {
    expect(theCompilerHolds).toBeTypeOf('function');
  });

  it('tell at run time which type a job has', async () => {
    const { clock, client } = setRendobarStage(inTurn({ body: { data: job } }));
    const read = await clock.run(client.jobs.get('job_1'));
    expect(isRendobarJob(read, 'compress.target')).toBe(false);
    expect(isRendobarJob({ ...read, provider: 'phantomflow' }, 'ffprobe')).toBe(false);
    if (!isRendobarJob(read, 'ffprobe')) return expect.unreachable();
    expect(read.output?.data?.summary?.durationSec).toBe(4);
  });

  it('let a job be waited for, looked at and downloaded by itself or by its id', async () => {
    const { clock, client, wire } = setRendobarStage(inTurn(created, { body: { data: job } }));
    const probe = await clock.run(client.jobs.create({ type: 'ffprobe', params: { command: 'in.mp4' } }));
    expect(await clock.run(client.jobs.wait(probe))).toEqual(await clock.run(client.jobs.wait('job_1')));
    expect(await clock.run(client.jobs.get(probe))).toMatchObject({ id: 'job_1', state: 'succeeded' });
    expect(wire.log().at(-1)).toBe('GET /jobs/job_1');
  });
});

describe('what a Rendobar job tells of itself', () => {
  it('is there as it was sent, and absent where it was not', async () => {
    const { clock, client } = setRendobarStage(
      inTurn(
        { body: { data: job } },
        { body: { data: { ...job, inputs: 'x', params: [], eta: null, bootState: null } } },
      ),
    );
    expect(await clock.run(client.jobs.get('job_1'))).toMatchObject({
      inputs: job.inputs,
      params: job.params,
      eta: 12,
      bootState: 'warm',
      metricsAvailable: true,
      resourcesAvailable: false,
    });
    const bare = await clock.run(client.jobs.get('job_1'));
    for (const field of ['inputs', 'params', 'eta', 'bootState', 'failedPhase']) expect(bare).not.toHaveProperty(field);
  });

  it.each([
    [{ error: { code: 'RUNNER_ERROR', message: 'm', failedPhase: 'preparing' } }, 'preparing'],
    [{ error: { code: 'RUNNER_ERROR', message: 'm', failedPhase: 'a phase of next year' } }, 'a phase of next year'],
    [{ error: { code: 'RUNNER_ERROR', message: 'm' }, failedPhase: 'finalizing' }, 'finalizing'],
    [{ error: 'exit 1' }, undefined],
  ])('names the phase in which it failed: %j', async (fields, phase) => {
    const { clock, client } = setRendobarStage(
      inTurn({ body: { data: { id: 'job_1', status: 'failed', ...fields } } }),
    );
    const failed = await clock.run(client.jobs.get('job_1'));
    expect(failed).toMatchObject({ state: 'failed', error: { provider: 'rendobar' } });
    expect(failed.failedPhase).toBe(phase);
  });
});
