import { type ErrorRecord, listErrorRows, listProviders, RENDER_ERROR_CODES, RenderError } from '@renderq/core';
import type { INode } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import { outcomeItems } from '../operations/settle-run.ts';
import { badParameter, toErrorRecord } from './error-record.ts';
import { toNodeError } from './node-error.ts';

const NODE: INode = { id: '1', name: 'Render', type: 'x', typeVersion: 1, position: [0, 0], parameters: {} };

/** Every code of both vendors' pages, as an answer of the API brings it. */
const ANSWERED = listProviders().flatMap((provider) =>
  Object.entries(provider.errors).map(([providerCode, { httpStatus, code }]) => {
    const body = JSON.stringify({ error: { code: providerCode, message: 'Lost connection: EPERM and no more' } });
    const response = { status: httpStatus ?? 422, headers: { 'retry-after': '7' }, body };
    return { provider: provider.id, providerCode, code, error: provider.readError(response, 0) };
  }),
);

/** What n8n's Error output takes, on every version, with its fields: an object, and nothing beside it. */
function errorOf(error: unknown, provider: string): ErrorRecord {
  const items = outcomeItems({ index: 3, error: toErrorRecord(error, provider) });
  expect(items).toHaveLength(1);
  expect(items[0]?.pairedItem).toEqual({ item: 3 });
  expect(Object.keys(items[0] ?? {}).sort()).toEqual(['json', 'pairedItem']);
  expect(Object.keys(items[0]?.json ?? {})).toEqual(['error']);
  return items[0]?.json.error as unknown as ErrorRecord;
}

describe('an item that failed', () => {
  it('is known for every code of both tables', () => {
    expect(ANSWERED).toHaveLength(listErrorRows().length);
    expect(new Set(ANSWERED.map(({ provider }) => provider))).toEqual(new Set(['rendobar', 'phantomflow']));
  });

  it.each(ANSWERED)('is { error } alone for $provider $providerCode', ({ error, provider, providerCode, code }) => {
    const record = errorOf(error, provider);
    expect(record).toMatchObject({ providerCode, provider, message: expect.any(String), remedy: expect.any(String) });
    expect(RENDER_ERROR_CODES).toContain(record.code);
    expect(record.category).toBe(error.record.category);
    expect(record.retryable).toBe(error.record.retryable);
    // The answers are those of the tables: nothing in them makes a row more exact.
    expect(record.code).toBe(code);
    if (error.record.retryAfterMs !== undefined) expect(record.retryAfterMs).toBe(error.record.retryAfterMs);
  });

  it.each(RENDER_ERROR_CODES)('is { error } alone for %s', (code) => {
    expect(errorOf(new RenderError({ code, message: 'm', jobId: 'job_1' }), 'rendobar')).toMatchObject({
      code,
      jobId: 'job_1',
      provider: 'rendobar',
    });
  });

  it('names the parameter, and is about the request, where n8n could not read one', () => {
    expect(errorOf(badParameter('movie', 'No JSON.', 'Mend it.'), 'phantomflow')).toEqual({
      code: 'INVALID_REQUEST',
      category: 'request',
      message: 'No JSON.',
      field: 'movie',
      remedy: 'Mend it.',
      retryable: false,
      provider: 'phantomflow',
    });
    const ofHost = new NodeOperationError(NODE, 'Node does not have any credentials set', { description: 'Set one' });
    expect(errorOf(ofHost, 'rendobar')).toMatchObject({
      code: 'INVALID_REQUEST',
      message: 'Node does not have any credentials set',
      remedy: 'Set one',
    });
  });

  it('is INTERNAL for a defect, without its stack', () => {
    const record = errorOf(new TypeError('x is not a function'), 'rendobar');
    expect(record).toMatchObject({ code: 'INTERNAL', category: 'renderq', message: 'TypeError: x is not a function' });
    expect(JSON.stringify(record)).not.toContain('.ts:');
  });
});

describe('an error that stops the workflow', () => {
  it.each(ANSWERED)('says what happened, where and what to do: $provider $providerCode', ({ error, provider }) => {
    const record = toErrorRecord(error, provider);
    const thrown = toNodeError(NODE, record, 2);
    expect(thrown).toBeInstanceOf(NodeApiError);
    // n8n would put a sentence about permissions in its place, for the EPERM in it.
    expect(thrown.message).toBe(`${record.message.replace(/\.$/, '')} [item 2]`);
    expect(thrown.description).toContain(record.remedy);
    expect(thrown.description).toContain(record.providerCode);
    expect(thrown.httpCode).toBe(String(record.httpStatus));
    expect(thrown.context).toMatchObject({ itemIndex: 2, code: record.code, retryable: record.retryable });
  });

  it.each([
    ['RATE_LIMITED', { cause: 'rate-limited', retryAfterMs: 7000 }],
    ['INSUFFICIENT_CREDITS', { cause: 'quota-exhausted', retryAfterMs: 7000 }],
    ['PROVIDER_ERROR', { cause: 'temporarily-unavailable', retryAfterMs: 7000 }],
    ['UNAUTHENTICATED', { cause: 'credential-invalid' }],
    ['NOT_FOUND', { cause: 'configuration-invalid' }],
    ['INTERNAL', { cause: 'node-defect' }],
    ['RENDER_FAILED', undefined],
  ] as const)("tells n8n's own reason for %s", (code, failure) => {
    const { record } = new RenderError({ code, message: 'm', retryAfterMs: 7000 });
    expect(toNodeError(NODE, record, 0).failure).toEqual(failure);
  });

  it('begins with the field where the message is what a schema says of it', () => {
    const { record } = new RenderError({ code: 'INVALID_REQUEST', message: 'is required', field: 'params.command' });
    expect(toNodeError(NODE, record, 1).message).toBe('params.command is required [item 1]');
  });

  it('has no HTTP code where there was no HTTP, and no item where there was none', () => {
    const thrown = toNodeError(NODE, new RenderError({ code: 'INTERNAL', message: 'm' }).record);
    expect([thrown.httpCode, thrown.message, thrown.context.itemIndex]).toEqual([null, 'm', undefined]);
  });

  it('names the field and what else must be known', () => {
    const thrown = toNodeError(
      NODE,
      badParameter('movie', 'No JSON.', 'Mend it.').record,
      0,
      'Jobs of other items: a.',
    );
    expect(thrown.description).toBe('Mend it. (INVALID_REQUEST; field: movie) Jobs of other items: a.');
  });
});
