import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readBearerTokens } from './bearer-tokens.ts';

const ANNA = 'anna-0123456789abcdef';
const BERT = 'bert-0123456789abcdef';

function refusalOf(setting: string): { message: string; field?: string; remedy: string } {
  try {
    readBearerTokens(setting);
  } catch (fault) {
    return (fault as { record: { message: string; remedy: string } }).record;
  }
  throw new Error('was not refused');
}

describe('readBearerTokens', () => {
  it('asks for nothing when nothing is set', () => {
    expect(readBearerTokens(undefined).required).toBe(false);
  });

  it('knows the holder of one token, and nobody else', () => {
    const tokens = readBearerTokens(` ${ANNA} `);
    expect(tokens.required).toBe(true);
    expect(tokens.principalOf(ANNA)).toBe('default');
    for (const wrong of ['', `${ANNA}x`, ANNA.slice(0, -1), ANNA.toUpperCase(), BERT]) {
      expect(tokens.principalOf(wrong)).toBeUndefined();
    }
  });

  it('tells several principals apart, also while one of them has two tokens', () => {
    const tokens = readBearerTokens(`anna:${ANNA}, bert : ${BERT},anna:${ANNA}2`);
    expect([ANNA, BERT, `${ANNA}2`].map(tokens.principalOf)).toEqual(['anna', 'bert', 'anna']);
  });

  it.each([
    ['', /shorter than 16/],
    ['short', /shorter than 16/],
    [`anna:${ANNA},bert:short`, /entry 2 is shorter/],
    [`anna:${ANNA},${BERT}`, /entry 2 has no name/],
    [`an na:${ANNA}`, /name that cannot be used/],
    [`:${ANNA}`, /name that cannot be used/],
    [`anna:${ANNA} ${BERT}`, /characters that no bearer token/],
    [`anna:${ANNA},bert:${ANNA}`, /anna and bert have the same token/],
  ])('refuses %j by the name of the setting', (setting, message) => {
    expect(refusalOf(setting)).toMatchObject({ field: 'RENDERQ_HTTP_TOKEN', message: expect.stringMatching(message) });
  });

  it('never quotes a token in a refusal, and never finds a principal for what is not a token', () => {
    const token = fc.string({ minLength: 6, maxLength: 40 }).filter((text) => /[^\s,:]{6}/.test(text));
    fc.assert(
      fc.property(fc.array(token, { minLength: 1, maxLength: 3 }), fc.string(), (texts, guess) => {
        try {
          const tokens = readBearerTokens(texts.join(','));
          const all = texts.flatMap((text) => [text.trim(), text.slice(text.indexOf(':') + 1).trim()]);
          if (!all.some((text) => text.includes(guess))) expect(tokens.principalOf(guess)).toBeUndefined();
        } catch (fault) {
          const said = JSON.stringify(fault);
          for (const text of texts) expect(said).not.toContain(text);
        }
      }),
    );
  });
});
