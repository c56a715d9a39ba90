import { describe, expect, it } from 'vitest';
import { phantomflow } from '../providers/phantomflow/index.ts';
import { rendobar } from '../providers/rendobar/index.ts';
import { toResponse } from '../testing/scripted-transport.ts';
import { START_MS } from '../testing/virtual-clock.ts';

function read(status: number, body: unknown, headers: Record<string, string> = {}) {
  return rendobar.readError(toResponse({ status, body, headers }), START_MS).record;
}

describe('the failing field', () => {
  it.each([
    ['error.path as text (PhantomFlow error page)', { path: 'scenes.0.duration' }, 'scenes.0.duration'],
    ['error.path as steps', { path: ['scenes', 0, 'duration'] }, 'scenes.0.duration'],
    ['details.path as text (Rendobar error page)', { details: { path: 'params.command' } }, 'params.command'],
    ['details.path as steps', { details: { path: ['params', 'command'] } }, 'params.command'],
    ['details.field with a reason', { details: { field: 'bucket', reason: 'does not exist' } }, 'bucket'],
  ])('is read from %s', (_name, extra, field) => {
    expect(read(400, { error: { code: 'VALIDATION_ERROR', message: 'm', ...extra } })).toMatchObject({
      code: 'INVALID_REQUEST',
      field,
    });
  });

  it('is the first of the problems that details lists, and all of them are issues', () => {
    const details = [
      { path: ['params', 'command'], message: 'Required' },
      { path: 'inputs', message: 'Expected object' },
      'nonsense',
    ];
    expect(read(400, { error: { code: 'VALIDATION_ERROR', message: 'm', details } })).toMatchObject({
      field: 'params.command',
      issues: [
        { field: 'params.command', message: 'Required' },
        { field: 'inputs', message: 'Expected object' },
      ],
    });
  });

  it('carries the reason as an issue', () => {
    expect(
      read(400, {
        error: { code: 'VALIDATION_ERROR', message: 'm', details: { field: 'bucket', reason: 'does not exist' } },
      }).issues,
    ).toEqual([{ field: 'bucket', message: 'does not exist' }]);
  });
});

describe('the envelope', () => {
  it.each([
    ['a text', { error: 'Something broke' }, { message: 'Something broke' }],
    ['a text that is the code', { error: 'NOT_FOUND' }, { code: 'NOT_FOUND', providerCode: 'NOT_FOUND' }],
    [
      'an errors array',
      { errors: [{ code: 'NOT_FOUND', message: 'gone', path: 'x' }] },
      { providerCode: 'NOT_FOUND', message: 'gone' },
    ],
    ['bare fields', { code: 'NOT_FOUND', message: 'gone' }, { providerCode: 'NOT_FOUND', message: 'gone' }],
    ['a bare message', { message: 'gone' }, { code: 'NOT_FOUND', message: 'gone' }],
    [
      'what the tool said beside a message',
      { error: { message: 'exit 1', detail: "Unknown encoder\n'libx999'" } },
      { message: "exit 1: Unknown encoder 'libx999'" },
    ],
    ['a bare detail', { detail: 'Not here' }, { code: 'NOT_FOUND', message: 'Not here' }],
    ['an envelope in data', { data: { error: { code: 'NOT_FOUND', message: 'gone' } } }, { providerCode: 'NOT_FOUND' }],
    [
      'another case',
      { error: { code: 'not_found', message: 'gone' } },
      { code: 'NOT_FOUND', providerCode: 'not_found' },
    ],
    ['no message', { error: { code: 'NOT_FOUND' } }, { message: rendobar.errors.NOT_FOUND?.meaning }],
    ['an empty error', { error: {} }, { code: 'NOT_FOUND' }],
  ])('is understood as %s', (_name, body, expected) => {
    expect(read(404, body)).toMatchObject(expected);
  });

  it('is bounded and free of control characters', () => {
    const record = read(400, {
      error: { code: `X\u0000${'Y'.repeat(500)}`, message: `\u001b[31mred\u001b[0m\u0007 ${'long '.repeat(5000)}` },
    });
    expect(record.providerCode).toHaveLength(64);
    expect(record.message.length).toBeLessThanOrEqual(500);
    expect(record.message).toMatch(/^red long long/);
    expect(record.message).not.toMatch(/\p{Cc}/u);
  });

  it('gives the credits that lack, as numbers, wherever they stand', () => {
    for (const body of [
      { error: { code: 'INSUFFICIENT_CREDITS', message: 'm', required: 42, balance: 7 } },
      { error: { code: 'INSUFFICIENT_CREDITS', message: 'm', required: '42', balance: '7' } },
      { error: { code: 'INSUFFICIENT_CREDITS', message: 'm', details: { required: 42, balance: '7' } } },
      { error: { code: 'INSUFFICIENT_CREDITS', message: 'm' }, required: 42, balance: 7 },
    ]) {
      const { record } = phantomflow.readError(toResponse({ status: 402, body }), START_MS);
      expect(record).toMatchObject({ code: 'INSUFFICIENT_CREDITS', required: 42, balance: 7 });
    }
    expect(
      read(402, { error: { code: 'INSUFFICIENT_CREDITS', message: 'm', required: 'many', balance: 0 } }),
    ).toMatchObject({ balance: 0 });
  });

  it('gives the request id from a header or the body', () => {
    for (const name of ['x-request-id', 'x-requestid', 'request-id', 'cf-ray']) {
      expect(read(500, { error: { code: 'INTERNAL_ERROR', message: 'm' } }, { [name]: 'r-1' }).requestId).toBe('r-1');
    }
    expect(read(500, { error: { code: 'INTERNAL_ERROR', message: 'm', requestId: 'r-2' } }).requestId).toBe('r-2');
    expect(read(500, { error: { code: 'INTERNAL_ERROR', message: 'm' }, request_id: 'r-3' }).requestId).toBe('r-3');
  });

  it('gives the job that a conflict names', () => {
    expect(read(409, { error: { code: 'CONFLICT', message: 'm', details: { jobId: 'job_dead1' } } }).jobId).toBe(
      'job_dead1',
    );
  });
});

describe('the time to wait', () => {
  const date = new Date(START_MS).toUTCString();

  it('is Retry-After, else the reset of the window, for a rate limit', () => {
    const body = { error: { code: 'RATE_LIMITED', message: 'm' } };
    const reset = String(START_MS / 1000 + 22);
    expect(read(429, body, { 'retry-after': '7', 'x-ratelimit-reset': reset, date }).retryAfterMs).toBe(7_000);
    expect(read(429, body, { 'x-ratelimit-reset': reset, date }).retryAfterMs).toBe(22_000);
    expect(read(429, { error: { ...body.error, retryAfter: 3 } }, {}).retryAfterMs).toBe(3_000);
    expect(read(429, body)).not.toHaveProperty('retryAfterMs');
  });

  it('is never the reset of the window for a slot or a queue', () => {
    const reset = String(START_MS / 1000 + 22);
    expect(
      read(429, { error: { code: 'QUEUE_FULL', message: 'm' } }, { 'x-ratelimit-reset': reset, date }),
    ).not.toHaveProperty('retryAfterMs');
    const slot = toResponse({
      status: 429,
      body: { error: { code: 'CONCURRENCY_LIMIT_EXCEEDED', message: 'm' } },
      headers: { 'x-ratelimit-reset': reset, date },
    });
    expect(phantomflow.readError(slot, START_MS).record).not.toHaveProperty('retryAfterMs');
  });
});

describe('rendobar HTTP_ERROR', () => {
  it('means what its status means', () => {
    expect(read(400, { error: { code: 'HTTP_ERROR', message: 'm' } }).code).toBe('INVALID_REQUEST');
    expect(read(500, { error: { code: 'HTTP_ERROR', message: 'm' } })).toMatchObject({
      code: 'PROVIDER_ERROR',
      retryable: true,
      providerCode: 'HTTP_ERROR',
    });
  });
});
