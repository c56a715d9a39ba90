import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RENDER_ERROR_CODES } from './codes.ts';
import { asRenderError } from './internal.ts';
import { keepSecret } from './known-secrets.ts';
import { RenderError } from './render-error.ts';

const KEY = 'Opaque/key+of=the~account.7';
const SIGNATURE = '5e1f0c9b7a6d4e3f';
const LINK = `https://cdn.example/film.mp4?anything=${SIGNATURE}`;
keepSecret(KEY);

/** As pino's serializer for errors does it: messages and stacks along the causes, and every own field. */
function asLogged(error: Error): string {
  const fields: Record<string, unknown> = {};
  const [messages, stacks]: string[][] = [[], []];
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    messages?.push(at.message);
    stacks?.push(at.stack ?? '');
    for (const key in at) fields[key] = (at as unknown as Record<string, unknown>)[key];
  }
  return JSON.stringify({ type: error.name, messages, stacks, ...fields });
}

/** Every way in which a program shows an error without meaning harm. */
function shownForms(error: Error): string {
  const clone = structuredClone(error);
  const forms = [asLogged(error)];
  for (const each of [error, clone]) {
    const all = { depth: 12, showHidden: true, getters: true, maxStringLength: null, maxArrayLength: null } as const;
    forms.push(inspect(each), inspect(each, all), inspect(each, { ...all, customInspect: false }), `${each}`);
    forms.push(JSON.stringify(each), JSON.stringify({ ...each }), String(each.stack), String(each.cause));
  }
  return forms.join('\n');
}

const WRITINGS: readonly ((secret: string) => string)[] = [
  (secret) => secret,
  (secret) => `Authorization: Bearer ${secret}`,
  (secret) => Buffer.from(`${secret}:`).toString('base64'),
  encodeURIComponent,
  (secret) => secret.replace('u', '\\u0075'),
  (secret) => `${secret.slice(0, 9)}\u200b${secret.slice(9)}`,
];

/** A cause as hosts and HTTP libraries make them, with the text in one of its many places. */
const CAUSES: Readonly<Record<string, (text: string) => unknown>> = {
  'the message of an error': (text) => new TypeError(text),
  'the stack alone': (text) => Object.assign(new Error('plain'), { stack: `Error: ${text}\n    at f (${text}:1:1)` }),
  'the name': (text) => Object.assign(new Error('plain'), { name: text }),
  'the code': (text) => Object.assign(new Error('plain'), { code: text }),
  'a field of any name': (text) => Object.assign(new Error('plain'), { config: { headers: { 'x-any': text } } }),
  'a symbol, a getter and a hidden field': (text) =>
    Object.defineProperties(new Error('plain'), {
      [Symbol('request')]: { value: text },
      request: { get: () => text, enumerable: true },
      hidden: { value: text },
    }),
  'its own cause': (text) => new Error('outer', { cause: new RangeError('inner', { cause: text }) }),
  'a circle of causes': (text) => {
    const error = new Error(text);
    error.cause = new Error('inner', { cause: error });
    return error;
  },
  'one of several errors': (text) => new AggregateError([new Error('fine'), new Error(text), text], text),
  'an object that is no error': (text) => ({ headers: { authorization: text }, [text]: 1 }),
  'a thing with a message': (text) => ({ message: text, response: { body: text } }),
  'a plain text': (text) => text,
  'an abort': (text) => new DOMException(text, 'AbortError'),
  bytes: (text) => Buffer.from(text),
  'the fault of a transport': (text) =>
    Object.assign(new Error('reset'), { fault: { kind: text, sent: text, message: text, cause: text } }),
  'an error that cannot be read': (text) =>
    new Proxy(new Error(text), {
      get: () => {
        throw new Error(text);
      },
    }),
};

describe.each(Object.entries(CAUSES))('a secret in %s of a cause', (_name, causeOf) => {
  it.each(WRITINGS.map((write) => [write(KEY), write] as const))('written %j is shown by no log', (_written, write) => {
    for (const text of [write(KEY), `a ${write(KEY)} b ${LINK}`]) {
      const cause = causeOf(text);
      for (const error of [new RenderError({ code: 'INTERNAL', message: 'm', cause }), asRenderError(cause)]) {
        const shown = shownForms(error);
        for (const secret of [write(KEY), KEY, SIGNATURE]) expect(shown).not.toContain(secret);
        expect(shownForms(error.with({ attempts: 2 }))).not.toContain(write(KEY));
      }
    }
  });
});

describe('the cause of a RenderError', () => {
  it('tells what a person needs: name, message, code, where, and its own causes', () => {
    const inner = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' });
    const { cause } = new RenderError({
      code: 'NETWORK',
      message: 'm',
      cause: new TypeError('fetch failed', { cause: inner }),
    });
    expect(cause).toBeInstanceOf(Error);
    expect(cause).toMatchObject({ name: 'TypeError', message: 'fetch failed' });
    expect((cause as Error).cause).toMatchObject({ message: inner.message, code: 'ECONNREFUSED' });
    expect((cause as Error).stack).toMatch(/^TypeError: fetch failed\n {4}at .*safe-cause\.test/);
    expect(inspect(cause)).toContain('ECONNREFUSED');
  });

  it('keeps the errors of an AggregateError, and RenderErrors as they are', () => {
    const own = new RenderError({ code: 'RATE_LIMITED', message: 'slow down' });
    const error = new RenderError({
      code: 'NETWORK',
      message: 'm',
      cause: new AggregateError([own, new Error('b')], 'all'),
    });
    expect(error.cause).toBeInstanceOf(AggregateError);
    expect((error.cause as AggregateError).errors[0]).toBe(own);
    expect(new RenderError({ code: 'NETWORK', message: 'm', cause: own }).cause).toBe(own);
  });

  it('is copied once, however many layers add to the error', () => {
    const error = new RenderError({ code: 'NETWORK', message: 'm', cause: new Error('x') });
    expect(error.with({ attempts: 3 }).with({ jobId: 'j' }).cause).toBe(error.cause);
  });

  it('is bounded, however much there is of it', () => {
    let cause: unknown = 'the end';
    for (let depth = 0; depth < 10_000; depth += 1) cause = new Error('x'.repeat(5_000), { cause });
    const wide = new AggregateError(Array.from({ length: 1_000 }, () => new Error('y'.repeat(5_000))));
    for (const huge of [cause, wide]) {
      expect(
        inspect(new RenderError({ code: 'INTERNAL', message: 'm', cause: huge }), { depth: 99 }).length,
      ).toBeLessThan(200_000);
    }
  });

  it('is nothing that could throw when an error is made or shown, for any value', () => {
    fc.assert(
      fc.property(fc.constantFrom(...RENDER_ERROR_CODES), fc.anything({ withNullPrototype: true }), (code, cause) => {
        const error = new RenderError({ code, message: 'm', cause });
        expect(error.code).toBe(code);
        expect(() => [inspect(error), JSON.stringify(error), asLogged(error), structuredClone(error)]).not.toThrow();
      }),
    );
  });
});
