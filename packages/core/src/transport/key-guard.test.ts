import { describe, expect, it } from 'vitest';
import { RenderError } from '../errors/render-error.ts';
import type { HttpResponse } from '../ports/http-transport.ts';
import { rendobar } from '../providers/rendobar/index.ts';
import { withoutKey, withoutKeyIn } from './key-guard.ts';
import { readAnswer } from './read-answer.ts';

const apiKey = 'a/key+with=signs';
const answer = { status: 200, headers: { 'x-request-id': `for ${apiKey}` }, body: `{"note":"${apiKey}"}` };

describe('withoutKey', () => {
  it('takes the key out of every text, at any depth, also as it stands in a URL', () => {
    const given = { a: [`x ${apiKey}`, { b: `?k=${encodeURIComponent(apiKey)}` }], n: 7, no: null, yes: true };
    expect(withoutKey(given, apiKey)).toEqual({
      a: ['x [redacted]', { b: '?k=[redacted]' }],
      n: 7,
      no: null,
      yes: true,
    });
  });

  it('cleans the headers of an answer too', () => {
    expect(withoutKeyIn(answer, apiKey)).toEqual({
      status: 200,
      headers: { 'x-request-id': 'for [redacted]' },
      body: '{"note":"[redacted]"}',
    });
  });
});

describe('readAnswer', () => {
  const endpoint = { provider: rendobar, apiKey };

  it('gives a result as it came', () => {
    expect(readAnswer(endpoint, answer, ({ body }) => body)).toBe(answer.body);
  });

  it('has an error read from an answer that does not hold the key', () => {
    const read = ({ body, headers }: HttpResponse): never => {
      throw new RenderError({ code: 'BAD_RESPONSE', message: `${body} ${headers['x-request-id']}` });
    };
    expect(() => readAnswer(endpoint, answer, read)).toThrow('{"note":"[redacted]"} for [redacted]');
  });

  it('says that an answer cannot be read where the reader breaks: the request has done its work', () => {
    const read = (): never => {
      throw new RangeError('Maximum call stack size exceeded');
    };
    expect(() => readAnswer(endpoint, answer, read)).toThrow(
      expect.objectContaining({
        code: 'BAD_RESPONSE',
        message: 'Rendobar answered HTTP 200 with something that cannot be read.',
      }),
    );
  });
});
