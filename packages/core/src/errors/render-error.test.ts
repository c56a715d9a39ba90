import { inspect } from 'node:util';
import fc from 'fast-check';
import { beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import { listErrorRows } from '../registry.ts';
import { ERROR_CODES, type ErrorCategory, RENDER_ERROR_CODES } from './codes.ts';
import { type ErrorRecord, RenderError, type RenderErrorInit } from './render-error.ts';

describe('a remedy', () => {
  const remedies = [
    ...RENDER_ERROR_CODES.map((code) => [code, ERROR_CODES[code].remedy] as const),
    ...listErrorRows().map(({ provider, providerCode, remedy }) => [`${provider} ${providerCode}`, remedy] as const),
  ];

  it.each(remedies)('is one short sentence: %s', (_code, remedy) => {
    expect(remedy.length).toBeLessThanOrEqual(200);
    expect(remedy).toMatch(/^[A-Z]/);
    expect(remedy).toMatch(/[^.]\.$/);
    // The end of a sentence, but not the dots of "rb_...".
    expect(remedy.slice(0, -1)).not.toMatch(/(?<!\.)[.!?]\s/);
  });
});

describe('a RenderError', () => {
  it('states category, retryability and remedy by its code where the thrower is silent', () => {
    const { record } = new RenderError({ code: 'QUEUE_FULL', message: 'm' });
    expect(record).toEqual({ code: 'QUEUE_FULL', message: 'm', ...ERROR_CODES.QUEUE_FULL });
  });

  it('carries the message, the code and the cause of a plain Error too', () => {
    const cause = new Error('inner');
    const error = new RenderError({ code: 'NETWORK', message: 'no answer', cause });
    expect(error).toMatchObject({ name: 'RenderError', message: 'no answer', code: 'NETWORK' });
    expect(error.cause).toMatchObject({ name: 'Error', message: 'inner' });
    const more = error.with({ jobId: 'j-1' });
    expect(more.record).toMatchObject({ code: 'NETWORK', jobId: 'j-1' });
    expect(more.cause).toBe(error.cause);
  });

  it('bounds the list of its issues', () => {
    const issues = Array.from({ length: 60 }, (_, index) => ({ field: `scenes.${index}`, message: 'is required' }));
    const { record } = new RenderError({ code: 'INVALID_REQUEST', message: 'm', issues });
    expect(record.issues).toEqual(issues.slice(0, 50));
  });

  it('keeps a job id verbatim for the program, and cleans it for the log', () => {
    // Not the key of any test: keys that a client has used are removed wherever they stand.
    const jobId = 've_live_fedcba9876543210';
    const error = new RenderError({ code: 'NOT_FOUND', message: 'm', jobId });
    expect(error.record.jobId).toBe(jobId);
    expect(error.toJSON().jobId).toBe('[redacted]');
  });

  it('has literal codes and categories', () => {
    expectTypeOf<ErrorRecord<'NETWORK'>['category']>().toEqualTypeOf<'transport'>();
    expectTypeOf<ErrorRecord['category']>().toEqualTypeOf<ErrorCategory>();
    // @ts-expect-error a code must be one of the union
    const wrong: RenderErrorInit = { code: 'NOT_A_CODE', message: 'm' };
    expect(wrong.code).toBe('NOT_A_CODE');
  });

  it('is safe to log and to show to a model, whatever the thrower put in', { timeout: 30_000 }, () => {
    const key = 've_live_s3cr3ts3cr3t';
    const secrets = [
      `key ${key}`,
      'Authorization: Bearer s3cr3ts3cr3t.abc',
      'https://cdn.example/o.mp4?X-Amz-Signature=s3cr3ts3cr3t&x=1',
      'x-api-key: s3cr3ts3cr3t',
      'https://bob:s3cr3ts3cr3t@b.example/k',
    ];
    const dirty = fc
      .tuple(fc.string({ unit: 'binary', maxLength: 60 }), fc.constantFrom(...secrets), fc.nat({ max: 600 }))
      .map(([before, secret, filler]) => `${before} ${secret} ${'\u001b[31mlong\n'.repeat(filler)}`);
    const inits = fc.record(
      {
        message: dirty,
        remedy: dirty,
        provider: dirty,
        providerCode: dirty,
        field: dirty,
        requestId: dirty,
        jobId: dirty,
        issues: fc.array(fc.record({ field: dirty, message: dirty }), { maxLength: 55, size: 'max' }),
        required: fc.double().map((number) => number + 0),
        retryAfterMs: fc.integer(),
      },
      { requiredKeys: ['message'] },
    );
    fc.assert(
      fc.property(fc.constantFrom(...RENDER_ERROR_CODES), inits, (code, init) => {
        const error = new RenderError({ code, ...init });
        const shown = JSON.stringify(error);
        for (const text of [shown, error.message, String(error.stack?.split('\n    at ')[0])]) {
          expect(text).not.toContain('s3cr3t');
        }
        expect(shown.length).toBeLessThan(45_000);
        expect(shown).not.toMatch(/\\u00[01][0-9a-f]|\\n/);
        const { jobId: _verbatim, ...init2 } = init;
        expect(inspect(new RenderError({ code, ...init2 }), { depth: 5 })).not.toContain('s3cr3t');
        expect(JSON.parse(shown)).toStrictEqual(error.toJSON());
      }),
      { numRuns: 25 },
    );
  });

  it('cleans only once: what is clean stays as it is', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 80 }),
        fc.constantFrom('?a=b', ' token=abcdef', ' Bearer abcdefgh', ''),
        (text, end) => {
          const first = new RenderError({ code: 'INTERNAL', message: `${text} https://a.example/x${end}` });
          expect(first.with({}).record).toEqual(first.record);
        },
      ),
    );
  });
});

describe('two copies of the module', () => {
  let other: typeof import('./render-error.ts');
  beforeAll(async () => {
    // The query makes it another module to the loader, as a bundle in a host is.
    const address = './render-error.ts?copy=2';
    other = (await import(/* @vite-ignore */ address)) as typeof other;
  });

  it('recognise the errors of each other, although their classes differ', () => {
    expect(other.RenderError).not.toBe(RenderError);
    const foreign = new other.RenderError({ code: 'OUTPUT_EXPIRED', message: 'm' });
    expect(foreign).not.toBeInstanceOf(RenderError);
    expect(RenderError.isInstance(foreign)).toBe(true);
    expect(other.RenderError.isInstance(new RenderError({ code: 'NETWORK', message: 'm' }))).toBe(true);
  });

  it('take nothing else for one', () => {
    for (const value of [
      new Error('x'),
      null,
      undefined,
      'RenderError',
      { code: 'NETWORK' },
      { name: 'RenderError' },
    ]) {
      expect(RenderError.isInstance(value)).toBe(false);
    }
  });
});
