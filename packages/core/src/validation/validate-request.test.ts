import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findProvider, listProviders } from '../registry.ts';
import { inTurn } from '../testing/answers.ts';
import { COMMAND, MOVIE, rejection, setStage } from '../testing/scripted-client.ts';
import { type Answer, errorAnswer, type Fault } from '../testing/scripted-transport.ts';
import { validateOffline } from './validate-request.ts';

const PARAMS = {
  type: 'object',
  required: ['command'],
  properties: { command: { type: 'string' }, timeout: { maximum: 60 } },
};
const served = (provider: string, ...answers: readonly (Answer | Fault)[]) => setStage(provider, inTurn(...answers));

describe('validation against the schema that is served', () => {
  it('finds nothing wrong with a good request, and submits nothing', async () => {
    const { clock, client, wire } = served('phantomflow', { body: { type: 'object', required: ['scenes'] } });
    expect(await clock.run(client.validate(MOVIE))).toEqual({ valid: true, issues: [], checkedAgainst: 'live' });
    expect(wire.log()).toEqual(['GET /api/render/schema']);
    expect(clock.pending).toBe(0);
  });

  it('tells all problems at once, the shape first and each field once', async () => {
    const schema = {
      type: 'object',
      required: ['scenes'],
      properties: { width: { type: 'integer' }, scenes: { minItems: 2 } },
    };
    const { clock, client } = served('phantomflow', { body: { data: { schema } } });
    expect(await clock.run(client.validate({ width: '1', scenes: [] }))).toEqual({
      valid: false,
      issues: [
        { field: 'scenes', message: 'At least one scene is required.' },
        { field: 'width', message: 'must be integer, not string' },
      ],
      checkedAgainst: 'live',
    });
  });

  it('holds the params of a Rendobar job against the schema of its type, and the rest against the bundled one', async () => {
    const { clock, client, wire } = served('rendobar', { body: { data: { type: 'ffmpeg', jsonSchema: PARAMS } } });
    const report = await clock.run(
      client.validate({ type: 'ffmpeg', params: { timeout: 61 }, callback: {}, inputs: [] }),
    );
    expect(report.checkedAgainst).toBe('live');
    expect(report.issues).toEqual([
      { field: 'inputs', message: '"inputs" must be an object.' },
      { field: 'params.command', message: 'is required' },
      { field: 'params.timeout', message: 'must be at most 60' },
      { field: 'callback.url', message: 'is required' },
    ]);
    expect(wire.log()).toEqual(['GET /jobs/types/ffmpeg/schema']);
    expect((await clock.run(client.validate({ type: 'ffmpeg' }))).issues).toEqual([
      { field: 'params.command', message: 'is required' },
    ]);
  });

  it('takes a schema that speaks of params for one of the whole body', async () => {
    const jsonSchema = { type: 'object', required: ['params'], properties: { params: PARAMS } };
    const { clock, client } = served('rendobar', { body: { jsonSchema } });
    expect((await clock.run(client.validate({ type: 'ffmpeg', params: {} }))).issues).toEqual([
      { field: 'params.command', message: 'is required' },
    ]);
  });
});

describe('validation without the served schema', () => {
  it.each<[string, Answer | Fault, string | undefined]>([
    ['is not there', errorAnswer(404, 'NOT_FOUND'), undefined],
    ['cannot be reached', { fault: 'refused' }, 'NETWORK'],
    ['does not arrive in time', { fault: 'timeout' }, 'NETWORK'],
    ['is refused', errorAnswer(401, 'UNAUTHORIZED'), 'UNAUTHENTICATED'],
    [
      'is refused by the rate limit',
      errorAnswer(429, 'RATE_LIMIT_EXCEEDED', {}, { 'retry-after': '50' }),
      'RATE_LIMITED',
    ],
    ['is no schema', { body: 'hello' }, 'BAD_RESPONSE'],
    ['is broken', { body: { type: 'no-such-type' } }, 'BAD_RESPONSE'],
    ['is hostile', { body: { $ref: '#' } }, 'BAD_RESPONSE'],
  ])('falls back to the bundled one when it %s', async (_why, answer, code) => {
    const { clock, client, wire } = served('phantomflow', answer);
    const started = clock.now();
    const report = await clock.run(client.validate({ scenes: [{ duration: '4' }] }));
    expect(report).toMatchObject({
      valid: false,
      issues: [{ field: 'scenes.0.duration', message: 'must be number, not string' }],
      checkedAgainst: 'bundled',
    });
    expect(report.schemaError?.code).toBe(code);
    expect(clock.now() - started).toBeLessThanOrEqual(10_000);
    expect(wire.requests.length).toBeLessThanOrEqual(2);
    expect((await clock.run(client.validate(MOVIE))).valid).toBe(true);
    expect(clock.pending).toBe(0);
  });

  it('says so when there is no schema at all', async () => {
    const { clock, client } = served('rendobar', errorAnswer(404, 'NOT_FOUND'));
    const report = await clock.run(client.validate({ type: 'new.type', params: { a: 1 } }));
    expect(report).toEqual({ valid: true, issues: [], checkedAgainst: 'none' });
  });

  it('asks for no schema of a template, and holds it against the bundled one', async () => {
    const { clock, client, wire } = served('phantomflow', { body: {} });
    const report = await clock.run(client.validate({ template_id: 'tpl_1', variables: [] }));
    expect(report.issues.map(({ field }) => field)).toEqual(['variables']);
    expect(report.checkedAgainst).toBe('bundled');
    expect(wire.requests).toHaveLength(0);
  });

  it('ends as CANCELLED when the caller gives up', async () => {
    const { clock, client } = served('phantomflow', { fault: 'timeout' });
    const giveUp = new AbortController();
    const validated = rejection(client.validate(MOVIE, { signal: giveUp.signal }));
    await clock.advance(100);
    giveUp.abort();
    expect((await clock.run(validated)).code).toBe('CANCELLED');
  });

  it.each([undefined, null, 'a movie', [], 5n, () => MOVIE])('refuses what is no JSON object: %o', async (request) => {
    const { client, wire } = served('phantomflow', { body: {} });
    expect(await client.validate(request)).toMatchObject({
      valid: false,
      issues: [{ field: 'request' }],
      checkedAgainst: 'none',
    });
    expect(wire.requests).toHaveLength(0);
  });

  it('checks what would arrive: fields that are undefined do not', async () => {
    const { clock, client } = served('phantomflow', {
      body: { additionalProperties: false, properties: { scenes: {} } },
    });
    expect((await clock.run(client.validate({ ...MOVIE, width: undefined }))).valid).toBe(true);
  });
});

describe('the bundled schemas', () => {
  const RENDOBAR_SAMPLES = [
    COMMAND,
    {
      type: 'raw.ffmpeg',
      inputs: { 'a.srt': { content: 'x' } },
      params: { command: 'ffmpeg -i a b.mp4', compute: 'gpu', timeout: 5 },
    },
    { type: 'ffprobe', params: { command: 'https://media.example/a.mp4' } },
    { type: 'compose', params: { schemaVersion: 1, output: { format: 'mp4' }, timeline: { tracks: [] } } },
    {
      type: 'compress.target',
      inputs: { source: 'https://media.example/a.mp4' },
      params: { target: { maxSize: '500kb' } },
    },
    { type: 'caption.burn', inputs: { source: { job: 'job_1' } }, params: { fontSize: 48, position: 'bottom' } },
    { type: 'captions.animate', inputs: { source: 'storage://demo/a.mp4' } },
    { type: 'image.generate', params: { prompt: 'a lake', model: 'economy', width: 1024 } },
    { type: 'image.edit', inputs: { images: ['https://media.example/a.png'] }, params: { prompt: 'blue' } },
    { type: 'image.upscale', inputs: { source: 'https://media.example/a.png' }, params: {} },
  ];
  const PHANTOMFLOW_SAMPLES = [
    MOVIE,
    {
      width: 1280,
      height: 720,
      fps: 25,
      quality: 'medium',
      webhook_uri: 'https://hooks.example/pf',
      scenes: [
        {
          duration: 4,
          background: '#101820',
          elements: [{ type: 'text', text: 'Hi', font_size: 56, color: '#FFFFFF', position: { x: 1 } }],
        },
      ],
      exports: [],
    },
    { scenes: [{ elements: [{ type: 'brand-new', anything: [1] }], transition: 'fade' }], soundtrack: {} },
    { template_id: 'tpl_9c1d20e47ab3', variables: { headline: 'Autumn' } },
  ];

  it.each([
    ...RENDOBAR_SAMPLES.map((sample) => ['rendobar', sample] as const),
    ...PHANTOMFLOW_SAMPLES.map((sample) => ['phantomflow', sample] as const),
  ])('accept what the pages of %s show, and what they leave open: %j', (id, sample) => {
    expect(validateOffline(findProvider(id), sample)).toEqual({ valid: true, issues: [], checkedAgainst: 'bundled' });
  });

  it.each<[string, object, readonly string[]]>([
    [
      'phantomflow',
      { scenes: [{ elements: [{}, { type: 'text', font_size: '12' }] }], quality: 'ultra', webhook_uri: 'ftp://x' },
      ['quality', 'scenes.0.elements.0.type', 'scenes.0.elements.1.font_size', 'webhook_uri'],
    ],
    ['phantomflow', { scenes: 'none' }, ['scenes']],
    ['rendobar', { type: 'ffmpeg' }, ['params']],
    ['rendobar', { type: 'ffmpeg', params: { command: '', compute: 'tpu' } }, ['params.command', 'params.compute']],
    ['rendobar', { type: 'caption.burn', params: { fontSize: 4 } }, ['inputs', 'params.fontSize']],
    ['rendobar', { type: 'image.edit', inputs: { images: [1, 2, 3, 4, 5] } }, ['inputs.images']],
  ])('refuse what the pages of %s exclude: %j', (id, request, fields) => {
    const { issues } = validateOffline(findProvider(id), request);
    expect(issues.map(({ field }) => field).sort()).toEqual([...fields].sort());
  });

  it('never throw, and never refuse without a field', () => {
    fc.assert(
      fc.property(fc.constantFrom(...listProviders()), fc.anything(), (provider, request) => {
        const { valid, issues } = validateOffline(provider, request);
        expect(valid).toBe(issues.length === 0);
        for (const { field, message } of issues) expect(field.length * message.length).toBeGreaterThan(0);
      }),
    );
  });
});
