import { describe, expect, it } from 'vitest';
import { accepted, created } from './testing/answers.ts';
import { COMMAND, MOVIE, rejection, setStage } from './testing/scripted-client.ts';
import { type Answer, errorAnswer, type Fault } from './testing/scripted-transport.ts';

const LIVE = { checkAgainst: 'live' } as const;
const STRICT = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  required: ['scenes', 'quality'],
  properties: { quality: { enum: ['low', 'high'] }, scenes: { type: 'array', items: { required: ['duration'] } } },
};

/** A service whose schema is as given, and that accepts every submit. */
function serving(schema: Answer | Fault, provider: 'phantomflow' | 'rendobar' = 'phantomflow') {
  return setStage(
    provider,
    () =>
      ({ method }) =>
        method === 'GET' ? schema : provider === 'phantomflow' ? accepted : created,
  );
}

const reads = (log: readonly string[]) => log.filter((line) => line.endsWith('/schema')).length;
const submits = (log: readonly string[]) => log.filter((line) => line.startsWith('POST')).length;

describe('a submit', () => {
  it('is held against the schema that the provider serves, with all problems at once, before anything is sent', async () => {
    const { clock, client, wire } = serving({ body: STRICT });
    const error = await clock.run(rejection(client.submit({ scenes: [{}] }, LIVE)));
    expect(error.record).toMatchObject({ code: 'INVALID_REQUEST', provider: 'phantomflow', retryable: false });
    expect(error.record.issues?.map(({ field }) => field).sort()).toEqual(['quality', 'scenes.0.duration']);
    expect(submits(wire.log())).toBe(0);
    expect((await clock.run(client.submit({ ...MOVIE, quality: 'low' }, LIVE))).id).toBe('pf-1');
  });

  it('reads the schema once for many that come together, and not again for five minutes', async () => {
    const { clock, client, another, wire } = serving({ body: STRICT });
    const movie = { ...MOVIE, quality: 'high' };
    const impatient = { ...LIVE, maxQueueMs: 0 };
    await clock.run(Promise.all([client, client, another()].map((one) => one.submit(movie, impatient))));
    expect([reads(wire.log()), submits(wire.log())]).toEqual([1, 3]);
    await clock.advance(299_000);
    await clock.run(client.submit(movie, impatient));
    expect(reads(wire.log())).toBe(1);
    await clock.advance(2_000);
    await clock.run(client.submit(movie, impatient));
    expect(reads(wire.log())).toBe(2);
  });

  it.each<[string, Answer | Fault]>([
    ['is not there', errorAnswer(404, 'NOT_FOUND')],
    ['is a page of a proxy', { status: 502, body: '<html>' }],
    ['is no schema', { body: { hello: 'world' } }],
    ['never comes', { fault: 'timeout' }],
    ['cannot be reached', { fault: 'reset' }],
  ])('is held against the bundled schema where the served one %s', async (_name, schema) => {
    const { clock, client, wire } = serving(schema);
    const start = clock.now();
    const error = await clock.run(rejection(client.submit({ scenes: [{ duration: 'long' }] }, LIVE)));
    expect(error.record).toMatchObject({ code: 'INVALID_REQUEST', field: 'scenes.0.duration' });
    expect((await clock.run(client.submit(MOVIE, LIVE))).id).toBe('pf-1');
    expect(clock.now() - start).toBeLessThan(6_000);
    // A schema that cannot be had is not asked for again by every submit.
    expect(reads(wire.log())).toBe(1);
  });

  it('reads the schema of its own job type', async () => {
    const { clock, client, wire } = serving(errorAnswer(404, 'NOT_FOUND'), 'rendobar');
    await clock.run(client.submit(COMMAND, LIVE));
    expect(wire.log()).toEqual(['GET /jobs/types/ffmpeg/schema', 'POST /jobs']);
  });

  it('spends no request on a schema while the account is at its limit', async () => {
    const refused = errorAnswer(429, 'RATE_LIMIT_EXCEEDED', {}, { 'retry-after': '30' });
    const { clock, client, wire } = setStage(
      'phantomflow',
      () => (_request, index) => (index === 0 ? refused : accepted),
    );
    await clock.run(rejection(client.get('j-1', { maxQueueMs: 0 })));
    await clock.run(client.submit(MOVIE, LIVE));
    expect(reads(wire.log())).toBe(0);
  });

  it('leaves everything but the shape to the provider where the caller says so', async () => {
    const { clock, client, wire } = serving({ body: STRICT });
    expect((await clock.run(client.submit({ scenes: [{ duration: 'x' }] }, { checkAgainst: 'none' }))).id).toBe('pf-1');
    expect((await rejection(client.submit({ scenes: [] }, { checkAgainst: 'none' }))).code).toBe('INVALID_REQUEST');
    expect(wire.requests).toHaveLength(1);
  });

  it('hears an abort while the schema is on its way', async () => {
    const { clock, client } = serving({ fault: 'timeout' });
    const caller = new AbortController();
    const submitting = rejection(client.submit(MOVIE, { ...LIVE, signal: caller.signal }));
    await clock.advance(500);
    caller.abort();
    expect((await clock.run(submitting)).code).toBe('CANCELLED');
  });
});
