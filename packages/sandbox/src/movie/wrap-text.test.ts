import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wrapText } from './wrap-text.ts';

/** Every code unit is one pixel wide. */
const measure = (text: string) => text.length;

describe('wrapText', () => {
  it.each([
    ['a short text', 20, ['a short text']],
    ['a text that needs lines', 9, ['a text', 'that', 'needs', 'lines']],
    ['two\nlines\r\n\nand a gap', 20, ['two', 'lines', '', 'and a gap']],
    ['  many   blanks ', 20, ['many blanks']],
    ['abcdefghij kl', 4, ['abcd', 'efgh', 'ij', 'kl']],
    ['x abcdefgh', 5, ['x', 'abcde', 'fgh']],
    ['日本語の長い文', 3, ['日本語', 'の長い', '文']],
    ['👨‍👩‍👧👨‍👩‍👧', 8, ['👨‍👩‍👧', '👨‍👩‍👧']],
  ])('wraps %j at %i', (text, width, lines) => {
    expect(wrapText(text, width, measure)).toEqual(lines);
  });

  it('keeps every character that is not a blank, in order, and no line that could be shorter', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), fc.integer({ min: 1, max: 30 }), (text, width) => {
        const lines = wrapText(text, width, measure);
        expect(lines.join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
        const isOneGrapheme = (line: string) => [...new Intl.Segmenter().segment(line)].length === 1;
        for (const line of lines) expect(line.length <= width || isOneGrapheme(line)).toBe(true);
      }),
    );
  });
});
