import { describe, expect, expectTypeOf, it } from 'vitest';
import { ERROR_CODES, type ErrorCategory, RENDER_ERROR_CODES, type RenderErrorCode } from './codes.ts';
import { matchError } from './match-error.ts';
import { type ErrorRecord, RenderError } from './render-error.ts';

const error = (code: RenderErrorCode) => new RenderError({ code, message: 'm', retryAfterMs: 7 });

/** Every category once: an answer to every code. */
const CATEGORIES = {
  request: () => 'request',
  account: () => 'account',
  capacity: () => 'capacity',
  render: () => 'render',
  provider: () => 'provider',
  transport: () => 'transport',
  renderq: () => 'renderq',
} as const satisfies Record<ErrorCategory, () => string>;

describe('matchError', () => {
  it('answers every code by its category', () => {
    for (const code of RENDER_ERROR_CODES) {
      expect(matchError(error(code), CATEGORIES)).toBe(ERROR_CODES[code].category);
    }
  });

  it('prefers the arm of the code to that of the category, and both to else', () => {
    const told = (code: RenderErrorCode) =>
      matchError(error(code), {
        RATE_LIMITED: ({ retryAfterMs }) => `wait ${retryAfterMs}`,
        capacity: () => 'busy',
        else: ({ code: other }) => `else ${other}`,
      });
    expect(told('RATE_LIMITED')).toBe('wait 7');
    expect(told('QUEUE_FULL')).toBe('busy');
    expect(told('CANCELLED')).toBe('else CANCELLED');
  });

  it('takes the record of a failed job as well', () => {
    expect(matchError(error('RENDER_FAILED').record, { ...CATEGORIES, render: ({ message }) => message })).toBe('m');
  });

  it('gives the answers of all arms as its type, and narrows the code in each', () => {
    const answer = matchError(error('NETWORK'), {
      NETWORK: (record) => {
        expectTypeOf(record).toEqualTypeOf<ErrorRecord<'NETWORK'>>();
        expectTypeOf(record.category).toEqualTypeOf<'transport'>();
        return 1;
      },
      capacity: ({ code }) => {
        expectTypeOf(code).toEqualTypeOf<'RATE_LIMITED' | 'CONCURRENCY_LIMITED' | 'QUEUE_FULL'>();
        return true;
      },
      else: ({ code }) => {
        expectTypeOf(code).toEqualTypeOf<RenderErrorCode>();
        return 'x';
      },
    });
    expectTypeOf(answer).toEqualTypeOf<number | boolean | string>();
    expect(answer).toBe(1);
  });

  it('does not compile when a code is not answered, and says so when a newer copy of renderq brings one', () => {
    const { renderq: _left, ...most } = CATEGORIES;
    // @ts-expect-error nobody answers WAIT_TIMEOUT, CANCELLED and INTERNAL
    expect(() => matchError(error('CANCELLED'), most)).toThrow('CANCELLED');
    // @ts-expect-error RENDER_TIMEOUT is missing: its sister has an arm, the category has none
    const halfRender = () => matchError(error('RENDER_FAILED'), { ...without('render'), RENDER_FAILED: () => 1 });
    expect(halfRender()).toBe(1);
    // With the sister answered too, it compiles.
    const both = { ...without('render'), RENDER_FAILED: () => 1, RENDER_TIMEOUT: () => 2 };
    expect(matchError(error('RENDER_TIMEOUT'), both)).toBe(2);
  });

  it('does not compile with a key that is neither a code nor a category', () => {
    // @ts-expect-error there is no such code
    expect(matchError(error('CANCELLED'), { RATE_LIMITTED: () => 1, else: () => 2 })).toBe(2);
  });
});

function without<Category extends ErrorCategory>(category: Category): Omit<typeof CATEGORIES, Category> {
  const { [category]: _left, ...rest } = CATEGORIES;
  return rest;
}

describe('a switch over the code', () => {
  it('is checked by the compiler', () => {
    const weight = (code: ErrorRecord<'RENDER_FAILED' | 'RENDER_TIMEOUT'>['code']): number => {
      switch (code) {
        case 'RENDER_FAILED':
          return 1;
        case 'RENDER_TIMEOUT':
          return 2;
        default:
          expectTypeOf(code).toBeNever();
          return 0;
      }
    };
    expect(weight('RENDER_TIMEOUT')).toBe(2);
    expectTypeOf(error('NETWORK').code).toEqualTypeOf<RenderErrorCode>();
  });
});
