import { describe, expect, it } from 'vitest';
import { RenderError } from '../errors/render-error.ts';
import { phantomflow } from '../providers/phantomflow/index.ts';
import { rendobar } from '../providers/rendobar/index.ts';
import { toResponse } from '../testing/scripted-transport.ts';

const json = (body: unknown, status = 200) => toResponse({ status, body });

describe.each([rendobar, phantomflow].map((provider) => [provider.id, provider] as const))(
  'a job of %s',
  (_id, provider) => {
    it.each([
      ['bare', { id: 'j-1', status: 'completed' }],
      ['in data', { data: { id: 'j-1', status: 'completed' } }],
      ['in job', { job: { id: 'j-1', status: 'completed' } }],
      ['in data and job', { data: { job: { id: 'j-1', status: 'completed' } } }],
      ['under job_id', { job_id: 'j-1', status: 'completed' }],
      ['under jobId', { jobId: 'j-1', state: 'completed' }],
      [
        'bare, with a field named like a wrapper',
        { id: 'j-1', status: 'completed', data: { id: 'other', status: 'failed' } },
      ],
    ])('is read %s, after a submit and in a look', (_name, body) => {
      for (const job of [provider.readSubmitted(json(body, 201)), provider.readJob(json(body), 'j-1')]) {
        expect(job).toMatchObject({ provider: provider.id, id: 'j-1', state: 'succeeded', providerState: 'completed' });
      }
    });

    it('is the one that was asked for, and an answer about another job is refused', () => {
      expect(provider.readJob(json({ status: 'queued' }), 'j-9').id).toBe('j-9');
      expect(provider.readJob(json({ id: 'J-9', status: 'queued' }), 'j-9').id).toBe('j-9');
      expect(provider.readJob(json({ id: 7, job_id: 'j-9', status: 'queued' }), 'j-9').id).toBe('j-9');
      expect(() => provider.readJob(json({ id: 'another', status: 'completed' }), 'j-9')).toThrow(
        expect.objectContaining({ code: 'BAD_RESPONSE', message: expect.stringContaining('another job') }),
      );
      expect(provider.readSubmitted(json({ id: 42, status: 'queued' }, 201)).id).toBe('42');
    });

    it('counts as waiting when a submit tells no state', () => {
      expect(provider.readSubmitted(json({ id: 'j-1' }, 201)).state).toBe('queued');
    });

    it.each([
      ['no JSON', '<html>'],
      ['nothing', ''],
      ['no id', { status: 'queued' }],
      ['an empty id', { id: '', status: 'queued' }],
      ['an id that is a path', { id: '../keys', status: 'queued' }],
      ['a list', []],
      ['null', null],
    ])('is BAD_RESPONSE when the answer to a submit holds %s', (_name, body) => {
      try {
        provider.readSubmitted(json(body, 201));
        expect.unreachable();
      } catch (error) {
        if (!RenderError.isInstance(error)) throw error;
        expect(error.record).toMatchObject({ code: 'BAD_RESPONSE', httpStatus: 201, provider: provider.id });
      }
    });

    it('stands in a list of any shape, next to entries that are no jobs', () => {
      const jobs = [
        { id: 'a', status: 'queued' },
        null,
        7,
        { nothing: true },
        { job_id: 'b', status: 'failed', error: 'broke' },
      ];
      for (const body of [jobs, { data: jobs }, { jobs }, { items: jobs }, { data: { jobs, total: 2 } }]) {
        const page = provider.readList(json(body));
        expect(page.jobs.map(({ id, state }) => [id, state])).toEqual([
          ['a', 'queued'],
          ['b', 'failed'],
        ]);
        expect(page.jobs[1]?.error).toMatchObject({ code: 'RENDER_FAILED', message: 'broke' });
      }
      expect(provider.readList(json({ data: [], meta: { total: 0 } }))).toEqual({ jobs: [], total: 0 });
    });

    it('that failed without a reason has RENDER_FAILED, or RENDER_TIMEOUT where its state says so', () => {
      expect(provider.readJob(json({ id: 'j', status: 'failed' }), 'j').error).toMatchObject({
        code: 'RENDER_FAILED',
        jobId: 'j',
      });
      expect(provider.readJob(json({ id: 'j', status: 'failed', error: null }), 'j').error).toMatchObject({
        code: 'RENDER_FAILED',
      });
      expect(provider.readJob(json({ id: 'j', status: 'timed_out' }), 'j').error).toMatchObject({
        code: 'RENDER_TIMEOUT',
      });
      expect(
        provider.readJob(json({ id: 'j', status: 'failed', error: { code: 'NEW_ONE', message: 'm' } }), 'j').error,
      ).toMatchObject({
        code: 'RENDER_FAILED',
        providerCode: 'NEW_ONE',
      });
    });
  },
);

describe('a job of rendobar', () => {
  const file = {
    url: 'https://api.rendobar.com/dl/j?token=t',
    path: 'out.mp4',
    type: 'video',
    size: 900_100,
    meta: { format: 'mp4', width: 1280, height: 720, durationMs: 5_000 },
  };
  const read = (job: object) => rendobar.readJob(json({ data: { id: 'j', status: 'complete', ...job } }), 'j');

  it('gives the whole output, with its signed link as it is', () => {
    expect(read({ output: { data: null, file, files: [file], expiresAt: 1_788_003_609_000 } }).output).toEqual({
      url: file.url,
      files: [
        {
          url: file.url,
          name: 'out.mp4',
          type: 'video',
          sizeBytes: 900_100,
          durationSeconds: 5,
          width: 1280,
          height: 720,
        },
      ],
      expiresAt: 1_788_003_609_000,
    });
  });

  it('gives data-only, set, and bare outputs', () => {
    expect(read({ output: { data: { streams: [] }, file: null, files: [], expiresAt: null } }).output).toEqual({
      data: { streams: [] },
      files: [],
    });
    expect(
      read({ output: { data: null, file: null, files: [{ url: file.url }, { url: 'nonsense' }, 7] } }).output,
    ).toEqual({ files: [{ url: file.url }] });
    expect(read({ output: { file: file.url } }).output).toEqual({ url: file.url, files: [{ url: file.url }] });
    expect(read({ output: null })).not.toHaveProperty('output');
  });

  it('gives the cost in any of its forms', () => {
    for (const cost of [
      { amount: 12e6, currency: 'USD', formatted: '$0.01' },
      { nanodollars: '12000000', formatted: '$0.01' },
    ]) {
      expect(read({ cost }).cost).toEqual({ amount: 12e6, unit: 'nanodollars', formatted: '$0.01' });
    }
    expect(read({ cost: 12e6 }).cost).toEqual({ amount: 12e6, unit: 'nanodollars' });
    expect(read({ cost: null })).not.toHaveProperty('cost');
  });

  it('gives times, progress and a replay', () => {
    expect(
      read({
        status: 'running',
        progress: 40,
        createdAt: 1_788_000_000,
        startedAt: '2026-08-29T12:00:00Z',
        idempotent: true,
      }),
    ).toMatchObject({
      state: 'running',
      progress: 0.4,
      createdAt: 1_788_000_000_000,
      startedAt: Date.UTC(2026, 7, 29, 12),
      replayed: true,
    });
  });

  it('finds the schema of a job type', () => {
    const jsonSchema = { type: 'object', properties: {} };
    expect(rendobar.readSchema(json({ data: { type: 'ffmpeg', fields: [], jsonSchema } }))).toEqual(jsonSchema);
    expect(() => rendobar.readSchema(toResponse({ body: '<html>' }))).toThrow(
      expect.objectContaining({ code: 'BAD_RESPONSE' }),
    );
    expect(rendobar.schema({ type: 'a/b' })?.path).toBe('/jobs/types/a%2Fb/schema');
  });

  it('lets a key in the request win over the one given apart', () => {
    expect(rendobar.submit({ type: 't', idempotencyKey: 'mine' }, { idempotencyKey: 'other' }).body).toEqual({
      type: 't',
      idempotencyKey: 'mine',
    });
  });
});

describe('a job of phantomflow', () => {
  const url = 'https://cdn.phantomflow.dev/output/0f6a2c11.mp4';

  it.each([
    { output_url: url },
    { outputUrl: url },
    { video_url: url },
    { url },
    { output: { url } },
    { output: url },
    { result: { output_url: url } },
    { result: { url } },
  ])('gives the output in %j', (fields) => {
    const job = phantomflow.readJob(
      json({ job_id: 'j', status: 'completed', duration_seconds: '4.0', credits_used: 4, ...fields }),
      'j',
    );
    expect(job.output).toEqual({ url, files: [{ url, type: 'video', durationSeconds: 4 }] });
    expect(job.cost).toEqual({ amount: 4, unit: 'credits' });
  });

  it('tells what the submit estimated and left', () => {
    const job = phantomflow.readSubmitted(
      json({ job_id: 'j', status: 'queued', estimated_credits: 4, credits_remaining: '496' }, 202),
    );
    expect(job).toMatchObject({ estimatedCredits: 4, creditsRemaining: 496 });
  });

  it.each([
    [
      ['no glyph for 漢', { message: 'slow source' }, 7, null, {}],
      ['no glyph for 漢', 'slow source', '7'],
    ],
    [[`a\u0007b ${'x'.repeat(999)}`], [expect.stringMatching(/^a b x{200,}…?$/)]],
    ['none', undefined],
    [[], undefined],
  ])('reads the warnings %j as lines', (warnings, expected) => {
    const job = { job_id: 'pf-1', status: 'completed', warnings };
    expect(phantomflow.readJob(json(job), 'pf-1').warnings).toEqual(expected);
    expect(rendobar.readJob(json({ data: { ...job, id: 'job_1' } }), 'job_1').warnings).toEqual(expected);
  });

  it('finds the schema bare or wrapped', () => {
    const schema = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      properties: { scenes: {} },
    };
    for (const body of [schema, { data: schema }, { schema }, { data: { jsonSchema: schema } }]) {
      expect(phantomflow.readSchema(json(body))).toEqual(schema);
    }
    expect(() => phantomflow.readSchema(json({ hello: 'world' }))).toThrow(
      expect.objectContaining({ code: 'BAD_RESPONSE' }),
    );
  });

  it('checks only what is certain', () => {
    expect(phantomflow.check({ scenes: [{}] })).toEqual([]);
    expect(phantomflow.check({ template_id: 'tpl_1', scenes: 'of no concern here' })).toEqual([]);
    for (const id of ['', ' ', 7, null]) expect(phantomflow.check({ template_id: id })[0]?.field).toBe('template_id');
    for (const request of [{}, { scenes: {} }, { scenes: [] }])
      expect(phantomflow.check(request)[0]?.field).toBe('scenes');
    for (const request of [null, 'x', [], undefined]) expect(phantomflow.check(request)[0]?.field).toBe('request');
  });
});
