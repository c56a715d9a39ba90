import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tokenize } from './tokenize.ts';

const words = (command: string) => tokenize(command).map(({ text }) => text);

describe('tokenize', () => {
  it.each([
    ['plain words', 'ffmpeg -i a.mp4  out.mp4', ['ffmpeg', '-i', 'a.mp4', 'out.mp4']],
    ['single quotes keep everything', `-vf 'a;b|c $(x) \`y\`'`, ['-vf', 'a;b|c $(x) `y`'.replace(/`y`/, '`y`')]],
    ['double quotes keep operators', '-vf "split[a][b];[a]null"', ['-vf', 'split[a][b];[a]null']],
    ['a backslash in double quotes escapes only quotes, backslashes and dollars', '"a\\"b\\\\c\\,d"', ['a"b\\c\\,d']],
    ['a backslash outside quotes escapes anything', 'a\\ b\\;c', ['a b;c']],
    ['pieces join into one word', `te'xt fi'"le"=x`, ['text file=x']],
    ['an empty quoted word is a word', `-metadata comment=''  ""`, ['-metadata', 'comment=', '']],
    ['lines continue after a backslash', 'a \\\n  b \\\r\n c', ['a', 'b', 'c']],
    ['a continuation inside a word joins it', 'ab\\\ncd', ['abcd']],
    ['comments run to the end of the line', 'a # b ; c\nd', ['a', 'd']],
    ['a hash inside a word is text', 'a#b', ['a#b']],
    ['an ampersand inside a URL is text', 'https://x.test/v.mp4?a=1&b=2', ['https://x.test/v.mp4?a=1&b=2']],
    ['variables and globs are text', '$HOME *.mp4 ?', ['$HOME', '*.mp4', '?']],
  ])('%s', (_, command, expected) => {
    expect(words(command)).toEqual(expected);
  });

  it.each([
    ['a ; b', /';' at position 2/],
    ['a && b', /'&' at position 2/],
    ['a | b', /'\|' at position 2/],
    ['a > b', /'>' at position 2.*Quote it/],
    ['a <b', /'<' at position 2/],
    ['a $(b)', /substitution at position 2/],
    ['a "$(b)"', /substitution at position 3/],
    ['a `b`', /substitution at position 2/],
    ["a 'b", /quote ' at position 2 is never closed/],
    ['a "b', /quote " at position 2 is never closed/],
    ['a \\', /ends in a backslash/],
    ['a \0', /NUL/],
    ['a'.repeat(16_385), /longer than 16384/],
  ])('refuses %j', (command, message) => {
    expect(() => tokenize(command)).toThrow(message);
  });

  it('reports where each word begins', () => {
    expect(tokenize(`ab  'c d'e`)).toEqual([
      { text: 'ab', at: 0 },
      { text: 'c de', at: 4 },
    ]);
  });

  it('gives back any argument list that was quoted for a shell', () => {
    const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
    const argument = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(fc.array(argument, { maxLength: 8 }), (list) => {
        expect(words(list.map(quote).join(' '))).toEqual(list);
      }),
    );
  });

  it('never yields a word that an unquoted operator was part of', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z=:,]{0,12}$/),
        fc.constantFrom(';', '|', '<', '>', '`', '$('),
        (text, operator) => {
          expect(() => tokenize(`${text}${operator} x`)).toThrow(/not supported/);
        },
      ),
    );
  });
});
