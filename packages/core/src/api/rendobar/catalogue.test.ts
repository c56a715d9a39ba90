import { describe, expect, it } from 'vitest';
import { inTurn } from '../../testing/answers.ts';
import { setRendobarStage } from '../../testing/rendobar-stage.ts';
import { rejection } from '../../testing/scripted-client.ts';
import { errorAnswer } from '../../testing/scripted-transport.ts';

const SCHEMA = { type: 'ffmpeg', fields: [{ key: 'command', required: true }], jsonSchema: { type: 'object' } };

describe('the schema of a job type', () => {
  it('is asked for again only after five minutes, and then only in case it has changed', async () => {
    const changed = { ...SCHEMA, fields: [] };
    const { clock, client, wire } = setRendobarStage(
      inTurn(
        { headers: { etag: '"a"' }, body: { data: SCHEMA } },
        { status: 304, headers: { etag: '"a"' } },
        { headers: { etag: '"b"' }, body: { data: changed } },
      ),
    );
    const read = () => clock.run(client.catalogue.schema('ffmpeg'));
    expect(await read()).toEqual(SCHEMA);
    await clock.advance(299_000);
    await read();
    expect(wire.requests).toHaveLength(1);
    await clock.advance(2_000);
    expect(await read()).toEqual(SCHEMA);
    await clock.advance(299_000);
    await read();
    expect(wire.requests).toHaveLength(2);
    await clock.advance(2_000);
    expect(await read()).toEqual(changed);
    expect(wire.requests.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"a"', '"a"']);
  });

  it('is an error where the type is unknown, and where the answer is no schema', async () => {
    const { clock, client } = setRendobarStage(
      inTurn(errorAnswer(404, 'NOT_FOUND'), { body: { data: {} } }, { status: 304 }),
    );
    expect((await clock.run(rejection(client.catalogue.schema('nope')))).code).toBe('NOT_FOUND');
    expect((await clock.run(rejection(client.catalogue.schema('nope')))).code).toBe('BAD_RESPONSE');
    expect((await clock.run(rejection(client.catalogue.schema('nope')))).code).toBe('BAD_RESPONSE');
    expect((await rejection(client.catalogue.schema('../jobs'))).record).toMatchObject({ field: 'type' });
  });
});

it('reads the job types and drops entries that name none', async () => {
  const entry = { type: 'ffmpeg', tag: 'FFmpeg', summary: 'Run a command', acceptsMedia: ['video'], chainsWith: 7 };
  const { clock, client } = setRendobarStage(inTurn({ body: { data: [entry, { tag: 'none' }, null] } }));
  expect(await clock.run(client.catalogue.types())).toEqual([{ ...entry, useCases: [], chainsWith: [] }]);
});

it('reads the models of a job type', async () => {
  const model = {
    id: 'flux-2-klein-4b',
    jobs: ['image.generate'],
    tier: 'economy',
    underReview: false,
    maxRefImages: 4,
    supports: { negativePrompt: false },
    status: 'active',
  };
  const { clock, client, wire } = setRendobarStage(inTurn({ body: { data: [{ ...model, steps: null }] } }));
  expect(await clock.run(client.catalogue.models({ job: 'image.generate' }))).toEqual([model]);
  expect(wire.log()).toEqual(['GET /models?job=image.generate']);
});

describe('checking a command', () => {
  it.each([
    [
      { body: { data: { valid: true, args: ['-i', 'a.mp4'], inferredOutputFormat: 'mp4' } } },
      { valid: true, args: ['-i', 'a.mp4'], inferredOutputFormat: 'mp4' },
    ],
    [
      { body: { data: { valid: false, error: 'flag -x is not allowed' } } },
      { valid: false, error: 'flag -x is not allowed' },
    ],
    [errorAnswer(400, 'VALIDATION_ERROR'), { valid: false, error: 'about VALIDATION_ERROR' }],
  ])('gives the verdict of %j', async (answer, verdict) => {
    const { clock, client, wire } = setRendobarStage(inTurn(answer));
    expect(await clock.run(client.ffmpeg.validate('ffmpeg -i a.mp4 b.mp4'))).toEqual(verdict);
    expect(JSON.parse(wire.requests[0]?.body ?? '')).toEqual({ command: 'ffmpeg -i a.mp4 b.mp4' });
  });

  it.each([
    [errorAnswer(401, 'UNAUTHORIZED'), 'UNAUTHENTICATED'],
    [{ body: { data: {} } }, 'BAD_RESPONSE'],
  ])('gives no verdict where there is none: %j', async (answer, code) => {
    const { clock, client } = setRendobarStage(inTurn(answer));
    expect((await clock.run(rejection(client.ffmpeg.validate('x')))).code).toBe(code);
  });
});
