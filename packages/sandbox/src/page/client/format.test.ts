import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatBytes, formatCredits, formatNumber, formatSpan } from './format.ts';

describe('spans', () => {
  it.each([
    [-5, '0 ms'],
    [0, '0 ms'],
    [999, '999 ms'],
    [1000, '1.0 s'],
    [9999, '9.9 s'],
    [10_000, '10 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [185_000, '3 min 5 s'],
    [7_800_000, '2 h 10 min'],
    [273_600_000, '3 d 4 h'],
  ])('of %d ms are said as %s', (ms, text) => {
    expect(formatSpan(ms)).toBe(text);
  });

  it('never carry a part as large as the next unit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 10 }), (ms) => {
        expect(formatSpan(ms)).not.toMatch(/\b(1000 ms|60 s|60 min|24 h)\b/);
      }),
    );
  });
});

describe('sizes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [162_345, '162 kB'],
    [999_949, '1000 kB'],
    [999_960, '1.0 MB'],
    [3_400_000, '3.4 MB'],
    [5e12, '5.0 TB'],
  ])('of %d bytes are said as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it('never reach a thousand of a unit that has a larger one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 14 }), (bytes) => {
        expect(formatBytes(bytes)).not.toMatch(/^1000(\.0)? (B|kB|MB|GB)$/);
      }),
    );
  });
});

it('credits are dollars on Rendobar and credits on PhantomFlow, and a trifle is no nothing', () => {
  expect(formatCredits('rendobar', 25)).toBe('$25.00');
  expect(formatCredits('rendobar', 0)).toBe('$0.00');
  expect(formatCredits('rendobar', 0.0123)).toBe('$0.0123');
  expect(formatCredits('rendobar', 0.00001)).toBe('< $0.0001');
  expect(formatCredits('rendobar', -1.5)).toBe('−$1.50');
  expect(formatCredits('phantomflow', 1)).toBe('1 credit');
  expect(formatCredits('phantomflow', 12_500)).toBe('12\u202f500 credits');
});

it('numbers are grouped in thousands', () => {
  expect([7, 1000, 1_234_567].map(formatNumber)).toEqual(['7', '1\u202f000', '1\u202f234\u202f567']);
});
