import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES, type RenderErrorCode } from '../errors/codes.ts';
import { RenderError } from '../errors/render-error.ts';
import type { HttpResponse } from '../ports/http-transport.ts';
import { listProviders } from '../registry.ts';
import { toResponse } from '../testing/scripted-transport.ts';
import { START_MS } from '../testing/virtual-clock.ts';

/** The vendors' error pages, row by row, and what each row means to renderq. */
const PAGES: Readonly<Record<string, readonly (readonly [status: number, code: string, ours: RenderErrorCode])[]>> = {
  rendobar: [
    [401, 'UNAUTHORIZED', 'UNAUTHENTICATED'],
    [403, 'FORBIDDEN', 'FORBIDDEN'],
    [400, 'VALIDATION_ERROR', 'INVALID_REQUEST'],
    [400, 'INVALID_JOB_TYPE', 'INVALID_REQUEST'],
    [402, 'INSUFFICIENT_CREDITS', 'INSUFFICIENT_CREDITS'],
    [403, 'PLAN_LIMIT', 'PLAN_LIMIT'],
    [429, 'RATE_LIMITED', 'RATE_LIMITED'],
    [404, 'NOT_FOUND', 'NOT_FOUND'],
    [409, 'CONFLICT', 'CONFLICT'],
    [502, 'RUNNER_ERROR', 'RENDER_FAILED'],
    [504, 'RUNNER_TIMEOUT', 'RENDER_TIMEOUT'],
    [403, 'ORG_SUSPENDED', 'ACCOUNT_SUSPENDED'],
    [500, 'INTERNAL_ERROR', 'PROVIDER_ERROR'],
    [402, 'STORAGE_QUOTA_EXCEEDED', 'PLAN_LIMIT'],
    [413, 'FILE_TOO_LARGE', 'PLAN_LIMIT'],
    [429, 'QUEUE_FULL', 'QUEUE_FULL'],
    [400, 'QUEUE_EXPIRED', 'RENDER_TIMEOUT'],
    [410, 'GONE', 'OUTPUT_EXPIRED'],
    [400, 'INPUT_URL_BLOCKED', 'INVALID_REQUEST'],
    [400, 'INPUT_FETCH_FAILED', 'SOURCE_UNUSABLE'],
    [422, 'INPUT_NOT_MEDIA', 'SOURCE_UNUSABLE'],
    [422, 'INPUT_UNSUPPORTED', 'SOURCE_UNUSABLE'],
    [422, 'PROCESSING_FAILED', 'RENDER_FAILED'],
    [502, 'UPSTREAM_ERROR', 'PROVIDER_ERROR'],
    [503, 'NOT_CONFIGURED', 'PROVIDER_UNSUPPORTED'],
    [501, 'NOT_IMPLEMENTED', 'PROVIDER_UNSUPPORTED'],
    [403, 'INSUFFICIENT_SCOPE', 'FORBIDDEN'],
    [502, 'PROVIDER_ERROR', 'RENDER_FAILED'],
    [504, 'PROVIDER_TIMEOUT', 'RENDER_TIMEOUT'],
  ],
  phantomflow: [
    [400, 'INVALID_JSON', 'INVALID_REQUEST'],
    [400, 'SCHEMA_VALIDATION_ERROR', 'INVALID_REQUEST'],
    [400, 'VALIDATION_ERROR', 'INVALID_REQUEST'],
    [400, 'INVALID_REQUEST', 'INVALID_REQUEST'],
    [401, 'UNAUTHORIZED', 'UNAUTHENTICATED'],
    [402, 'INSUFFICIENT_CREDITS', 'INSUFFICIENT_CREDITS'],
    [403, 'FORBIDDEN', 'FORBIDDEN'],
    [404, 'NOT_FOUND', 'NOT_FOUND'],
    [404, 'TEMPLATE_NOT_FOUND', 'NOT_FOUND'],
    [429, 'RATE_LIMIT_EXCEEDED', 'RATE_LIMITED'],
    [429, 'CONCURRENCY_LIMIT_EXCEEDED', 'CONCURRENCY_LIMITED'],
    [500, 'INTERNAL_ERROR', 'PROVIDER_ERROR'],
    [500, 'RENDER_FAILED', 'RENDER_FAILED'],
  ],
};

/** Codes that stand inside jobs only, or whose status no page tells. */
const JOB_CODES: Readonly<Record<string, readonly (readonly [code: string, ours: RenderErrorCode])[]>> = {
  rendobar: [
    ['HTTP_ERROR', 'INVALID_REQUEST'],
    ['JOB_TIMEOUT', 'RENDER_TIMEOUT'],
    ['INPUT_UNREADABLE', 'SOURCE_UNUSABLE'],
    ['DISPATCH_EXHAUSTED', 'PROVIDER_ERROR'],
    ['DISPATCH_UNAVAILABLE', 'PROVIDER_ERROR'],
    ['DISPATCH_ERROR', 'PROVIDER_ERROR'],
    ['PROVIDER_CLEARED', 'PROVIDER_ERROR'],
    ['P1_EXECUTION_ERROR', 'PROVIDER_ERROR'],
    ['PROVIDER_CRASHED', 'RENDER_FAILED'],
  ],
  phantomflow: [],
};

const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  toResponse({ status, body, headers });

describe.each(listProviders().map((provider) => [provider.id, provider] as const))('%s', (id, provider) => {
  const page = PAGES[id] ?? [];
  const jobCodes = JOB_CODES[id] ?? [];

  it('has exactly the rows of the vendor pages in its table', () => {
    expect(page.length).toBeGreaterThan(0);
    const rows = Object.entries(provider.errors).map(([code, row]) => [row.httpStatus, code, row.code]);
    const expected = [...page, ...jobCodes.map(([code, ours]) => [null, code, ours])];
    expect(new Set(rows.map(String))).toEqual(new Set(expected.map(String)));
  });

  it('says something of its own in every row', () => {
    for (const [code, { meaning, remedy, source }] of Object.entries(provider.errors)) {
      expect(meaning, code).toMatch(/^[A-Z].+\.$/);
      expect(remedy, code).toMatch(/\.$/);
      expect(source, code).toMatch(/page/);
    }
  });

  it.each(page)('reads HTTP %i %s as %s', (status, code, ours) => {
    const error = provider.readError(json(status, { error: { code, message: 'in plain words' } }), START_MS);
    expect(error.record).toMatchObject({
      code: ours,
      providerCode: code,
      httpStatus: status,
      provider: id,
      message: 'in plain words',
      category: ERROR_CODES[ours].category,
      remedy: provider.errors[code]?.remedy,
      retryable: provider.errors[code]?.retryable,
    });
  });

  it.each([...page.map(([, code, ours]) => [code, ours] as const), ...jobCodes])(
    'reads %s inside a job as %s',
    (code, ours) => {
      const shapes = [
        { error: { code, message: 'in plain words' } },
        { error_code: code, error_message: 'in plain words' },
        { errorCode: code, errorMessage: 'in plain words' },
      ];
      for (const shape of shapes) {
        for (const body of [
          { id: 'j-1', status: 'failed', ...shape },
          { data: { job: { job_id: 'j-1', status: 'failed', ...shape } } },
        ]) {
          const job = provider.readJob(json(200, body), 'j-1');
          expect(job.state).toBe('failed');
          expect(job.error).toMatchObject({
            code: ours,
            providerCode: code,
            provider: id,
            jobId: 'j-1',
            message: 'in plain words',
          });
          expect(job.error).not.toHaveProperty('httpStatus');
        }
      }
    },
  );

  it.each(page)('throws HTTP 2xx with only an error as what it says: %i %s', (_status, code, ours) => {
    const answer = json(200, { error: { code, message: 'm' } });
    for (const read of [
      () => provider.readSubmitted(answer),
      () => provider.readJob(answer, 'j-1'),
      () => provider.readList(answer),
    ]) {
      expect(caught(read).record).toMatchObject({ code: ours, providerCode: code });
    }
  });

  it("believes a job's own retryable flag over the table", () => {
    for (const retryable of [true, false]) {
      for (const [, code] of page) {
        const job = provider.readJob(
          json(200, { id: 'j', status: 'failed', error: { code, message: 'm', retryable } }),
          'j',
        );
        expect(job.error?.retryable).toBe(retryable);
      }
    }
  });

  it('keeps an unknown code and maps it by status', () => {
    const byStatus: readonly [number, RenderErrorCode][] = [
      [400, 'INVALID_REQUEST'],
      [401, 'UNAUTHENTICATED'],
      [402, 'INSUFFICIENT_CREDITS'],
      [403, 'FORBIDDEN'],
      [404, 'NOT_FOUND'],
      [405, 'BAD_RESPONSE'],
      [408, 'PROVIDER_ERROR'],
      [409, 'CONFLICT'],
      [410, 'OUTPUT_EXPIRED'],
      [413, 'PLAN_LIMIT'],
      [422, 'INVALID_REQUEST'],
      [429, 'RATE_LIMITED'],
      [500, 'PROVIDER_ERROR'],
      [502, 'PROVIDER_ERROR'],
      [503, 'PROVIDER_ERROR'],
      [504, 'PROVIDER_ERROR'],
      [301, 'BAD_RESPONSE'],
      [304, 'BAD_RESPONSE'],
    ];
    for (const [status, ours] of byStatus) {
      for (const code of ['BRAND_NEW_CODE', 'constructor', '__proto__']) {
        const error = provider.readError(json(status, { error: { code, message: 'm' } }), START_MS);
        expect(error.record).toMatchObject({ code: ours, providerCode: code, httpStatus: status, message: 'm' });
      }
      for (const body of ['', '<html><h1>Oops</h1></html>', '{"half":', 'null', '[]', '"text"']) {
        const error = provider.readError({ status, headers: {}, body }, START_MS);
        expect(error.record).toMatchObject({ code: ours, httpStatus: status });
        expect(error.record).not.toHaveProperty('providerCode');
        expect(error.message).toMatch(/not an answer of this API|redirect/);
      }
    }
  });

  it('answers anything at all with a snapshot or a typed error', () => {
    const responses = fc.record({
      status: fc.oneof(fc.integer({ min: 100, max: 599 }), fc.integer()),
      headers: fc.dictionary(
        fc.constantFrom(
          'retry-after',
          'date',
          'x-ratelimit-reset',
          'x-ratelimit-remaining',
          'x-ratelimit-limit',
          'x-request-id',
          'content-type',
        ),
        fc.oneof(fc.string(), fc.integer().map(String), fc.double().map(String)),
      ),
      body: fc.oneof(
        fc.string(),
        fc.json(),
        jobLike().map((value) => JSON.stringify(value)),
      ),
    });
    const readers: readonly ((response: HttpResponse) => unknown)[] = [
      (response) => provider.readSubmitted(response),
      (response) => provider.readJob(response, 'j-1'),
      (response) => provider.readList(response),
      (response) => provider.readSchema(response),
      (response) => {
        throw provider.readError(response, START_MS);
      },
    ];
    fc.assert(
      fc.property(responses, (response) => {
        for (const read of readers) {
          try {
            assertClean(read(response));
          } catch (error) {
            if (!RenderError.isInstance(error)) throw error;
            assertClean(error.record);
            expect(error.message.length).toBeLessThanOrEqual(700);
            expect(error.record.retryAfterMs ?? 0).toBeGreaterThanOrEqual(0);
            expect(error.record.retryAfterMs ?? 0).toBeLessThanOrEqual(86_400_000);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('checks anything at all without throwing', () => {
    fc.assert(
      fc.property(fc.anything(), (request) => {
        expect(Array.isArray(provider.check(request))).toBe(true);
        provider.schema(request);
        const schema = provider.bundledSchema(request);
        if (schema !== undefined) expect(Array.isArray(provider.schemaSubject(schema, request).path)).toBe(true);
      }),
    );
  });
});

/** Nothing is present and undefined: it would look different after a trip through JSON. */
function assertClean(value: unknown): void {
  if (value === undefined) return;
  expect(JSON.parse(JSON.stringify(value))).toStrictEqual(value);
}

function caught(task: () => unknown): RenderError {
  try {
    task();
  } catch (error) {
    if (RenderError.isInstance(error)) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** JSON that is nearly a job, so that the readers get past their first look. */
function jobLike(): fc.Arbitrary<unknown> {
  const scalar = fc.oneof(
    fc.jsonValue({ maxDepth: 1 }),
    fc.string(),
    fc.integer(),
    fc.double({ noNaN: true }),
    fc.boolean(),
    fc.constant(null),
  );
  const keys = [
    'id',
    'job_id',
    'status',
    'state',
    'progress',
    'output',
    'output_url',
    'error',
    'error_code',
    'cost',
    'createdAt',
    'created_at',
    'files',
    'file',
    'details',
    'path',
    'code',
    'message',
    'data',
    'jobs',
    'url',
    'meta',
    'result',
  ];
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      scalar,
      fc.constantFrom('failed', 'completed', 'j-1', 'https://a.example/x?y=1'),
      fc.dictionary(fc.constantFrom(...keys), tie('tree'), { maxKeys: 8 }),
      fc.array(tie('tree'), { maxLength: 3 }),
    ),
  }));
  return fc.dictionary(fc.constantFrom(...keys), tree, { maxKeys: 10 });
}
