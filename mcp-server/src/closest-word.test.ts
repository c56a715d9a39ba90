import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closestWord } from './closest-word.ts';

const KNOWN = ['idempotencyKey', 'maxQueueSeconds', 'provider', 'request', 'label'];

describe('closestWord', () => {
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

  it('finds a known word again after any one letter of it is lost', () => {
    fc.assert(
      fc.property(fc.constantFrom(...KNOWN.filter((word) => word.length > 5)), fc.nat(), (word, seed) => {
        const at = seed % word.length;
        expect(closestWord(word.slice(0, at) + word.slice(at + 1), KNOWN)).toBe(word);
      }),
    );
  });

  it('answers with a known word or nothing, whatever it is asked', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (word) => {
        expect([undefined, ...KNOWN]).toContain(closestWord(word, KNOWN));
      }),
    );
  });
});
