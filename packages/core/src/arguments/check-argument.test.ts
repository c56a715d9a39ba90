import { describe, expect, it } from 'vitest';
import { RenderError } from '../errors/render-error.ts';
import { type ArgumentCheck, argument, fields, options } from './check-argument.ts';
import { DURATION, JOB_ID, oneOf, SIGNAL, TEXT, WEB_ADDRESS } from './rule.ts';

function refusalBy(check: ArgumentCheck, value: unknown) {
  try {
    check(value);
    return undefined;
  } catch (error) {
    return RenderError.isInstance(error) ? error.record : error;
  }
}

describe('an argument', () => {
  it('that cannot be meant is told by its field, what it must be, what came instead, and what to do', () => {
    expect(refusalBy(argument('jobId', JOB_ID), { id: 'job_1' })).toMatchObject({
      code: 'INVALID_REQUEST',
      field: 'jobId',
      message:
        'jobId must be a job id: text of 1 to 200 characters without slashes and control characters; an object was given.',
      remedy: 'Pass the job id exactly as the submit answered it.',
    });
  });

  it('is never repeated: it may be a secret', () => {
    expect(JSON.stringify(refusalBy(argument('url', WEB_ADDRESS), 'ftp://user:swordfish@a.example'))).not.toContain(
      'swordfish',
    );
  });

  it.each([
    [TEXT, ['a'], ['', ' ', 1, null, undefined]],
    [DURATION, [0, 0.5, Number.POSITIVE_INFINITY], [-1, Number.NaN, '1', null]],
    [SIGNAL, [new AbortController().signal], [{}, new AbortController(), 'x', null]],
    [oneOf(['a', 'b']), ['a', 'b'], ['c', ['a'], null]],
    [WEB_ADDRESS, ['https://a.example', 'http://127.0.0.1:1/x'], ['a.example', 'file:///etc/passwd', 1, null]],
    [JOB_ID, ['job_1', '0f6a2c11-7a40'], ['', '..', 'a/b', 'x'.repeat(201), '\ud800', 7]],
  ])('rule %# tells what fits from what does not', (rule, good, bad) => {
    expect(good.filter((value) => !rule.accepts(value))).toEqual([]);
    expect(bad.filter((value) => rule.accepts(value))).toEqual([]);
  });
});

describe('an object of fields', () => {
  const check = fields('endpoint', { needs: { url: WEB_ADDRESS }, takes: { name: TEXT }, remedy: 'Pass an endpoint.' });

  it('must be there, with what it needs, and with nothing in it that does not fit', () => {
    expect(refusalBy(check, undefined)).toMatchObject({ field: 'endpoint', remedy: 'Pass an endpoint.' });
    expect(refusalBy(check, [])).toMatchObject({ field: 'endpoint' });
    expect(refusalBy(check, {})).toMatchObject({ field: 'url', message: expect.stringMatching(/nothing was given/) });
    expect(refusalBy(check, { url: 'https://a.example', name: 5 })).toMatchObject({ field: 'name' });
    expect(refusalBy(check, { url: 'https://a.example', name: undefined })).toBeUndefined();
    expect(refusalBy(check, { url: 'https://a.example', more: 5 })).toBeUndefined();
  });

  it('may be left out where it holds options, but may not be null', () => {
    expect(refusalBy(options({ name: TEXT }), undefined)).toBeUndefined();
    expect(refusalBy(options({ name: TEXT }), null)).toMatchObject({ field: 'options' });
  });
});
