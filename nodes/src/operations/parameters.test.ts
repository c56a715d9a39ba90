import { RenderError } from '@renderq/core';
import { describe, expect, it } from 'vitest';
import { readJobId } from './job-id.ts';
import { optionText, type ParameterSource, readJsonObject, readNumber, readText } from './parameters.ts';

const having = (value: unknown) => ({ getNodeParameter: () => value }) as unknown as ParameterSource;

function refusalOf(read: () => unknown) {
  try {
    read();
  } catch (error) {
    if (RenderError.isInstance(error)) return error.record;
  }
  return expect.unreachable();
}

describe('a JSON parameter', () => {
  it.each([
    ['text', '{"scenes":[]}'],
    ['an object, as an expression gives it', { scenes: [] }],
  ])('may be %s', (_what, value) => {
    expect(readJsonObject(having(value), 'movie', 0, 'Movie Script')).toEqual({ scenes: [] });
  });

  it.each([
    ['{"scenes":[}', /is not valid JSON: .+/],
    ['', /is not valid JSON/],
    ['[1]', /must be a JSON object, not a list/],
    ['"text"', /not text/],
    ['null', /not null/],
    [7, /not a number/],
    [undefined, /not nothing/],
  ])('that is %j is refused by its name', (value, message) => {
    const record = refusalOf(() => readJsonObject(having(value), 'movie', 0, 'Movie Script'));
    expect(record).toMatchObject({ code: 'INVALID_REQUEST', field: 'movie', message: expect.stringMatching(message) });
    expect(record.message).toContain('"Movie Script"');
  });
});

describe('a text parameter', () => {
  it('is trimmed, and a number is its digits', () => {
    expect(readText(having('  job_1 '), 'jobId', 0, 'Job ID')).toBe('job_1');
    expect(readText(having(42), 'jobId', 0, 'Job ID')).toBe('42');
    expect(optionText({ file: ' ' }, 'file')).toBeUndefined();
  });

  it.each(['', '  ', undefined, null, {}])('that is %j is refused by its name', (value) => {
    expect(refusalOf(() => readText(having(value), 'jobId', 0, 'Job ID'))).toMatchObject({
      code: 'INVALID_REQUEST',
      field: 'jobId',
      message: 'The parameter "Job ID" is empty.',
    });
  });
});

describe('a job id', () => {
  const UUID = '0f6a2c11-7a40-4a9e-9c55-2b8f3d1e7a60';

  it.each([
    ['job_6f2a', 'rendobar'],
    [UUID, 'phantomflow'],
    ['whatever-comes-next', 'rendobar'],
    ['whatever-comes-next', 'phantomflow'],
  ] as const)('%s may be one of %s', (id, vendor) => {
    expect(readJobId(having(id), 0, vendor)).toBe(id);
  });

  it.each([
    [UUID, 'rendobar', /one of PhantomFlow/],
    ['job_6f2a', 'phantomflow', /one of Rendobar/],
  ] as const)('%s is not one of %s', (id, vendor, message) => {
    const record = refusalOf(() => readJobId(having(id), 0, vendor));
    expect(record).toMatchObject({ code: 'INVALID_REQUEST', field: 'jobId', message: expect.stringMatching(message) });
  });
});

it('a number below its least is refused by its name', () => {
  expect(readNumber(having('7'), 'limit', 0, 'Limit', 1)).toBe(7);
  for (const value of [0, -1, 'many', Number.NaN]) {
    expect(refusalOf(() => readNumber(having(value), 'limit', 0, 'Limit', 1))).toMatchObject({ field: 'limit' });
  }
});
