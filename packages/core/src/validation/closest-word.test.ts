import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closestWord } from './closest-word.ts';

const KNOWN = ['idempotencyKey', 'maxQueueSeconds', 'provider', 'request', 'label'];

describe('the closest word', () => {
  it.each([
    ['idempotency_key', 'idempotencyKey'],
    ['IdempotencyKey', 'idempotencyKey'],
    ['porvider', 'provider'],
    ['requst', 'request'],
    ['maxQueueSecs', 'maxQueueSeconds'],
    ['request_body', 'request'],
  ])('takes %s for %s', (word, meant) => {
    expect(closestWord(word, KNOWN)).toBe(meant);
  });

  it.each(['', 'x', 'format', 'webhook', 'zzzzzzzzzzzz'])('has no guess for "%s"', (word) => {
    expect(closestWord(word, KNOWN)).toBeUndefined();
  });

  it('is the word itself where it is known', () => {
    expect(closestWord('src', ['src_set', 'sr', 'src'])).toBe('src');
  });

  it('finds a known word again after any one letter of it is lost', () => {
    fc.assert(
      fc.property(fc.constantFrom(...KNOWN.filter((word) => word.length > 5)), fc.nat(), (word, seed) => {
        const at = seed % word.length;
        expect(closestWord(word.slice(0, at) + word.slice(at + 1), KNOWN)).toBe(word);
      }),
    );
  });

  it('is a known word or nothing, whatever is asked', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), fc.array(fc.string()), (word, others) => {
        expect([undefined, ...KNOWN, ...others]).toContain(closestWord(word, [...KNOWN, ...others]));
      }),
    );
  });
});
