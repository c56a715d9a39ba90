import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearestWord } from './nearest-word.ts';

const WORDS = ['port', 'upload-port', 'engine', 'strict', 'data-dir'];

describe('nearestWord', () => {
  it.each([
    ['prot', 'port'],
    ['pot', 'port'],
    ['ports', 'port'],
    ['engin', 'engine'],
    ['enigne', 'engine'],
    ['stric', 'strict'],
    ['datadir', 'data-dir'],
    ['upload', 'upload-port'],
    ['xyz', undefined],
    ['', undefined],
  ])('of %j is %j', (written, word) => {
    expect(nearestWord(written, WORDS)).toBe(word);
  });

  it('forgives any one wrong letter', () => {
    fc.assert(
      fc.property(fc.constantFrom(...WORDS), fc.nat(), fc.constantFrom('', '#', '##'), (word, at, letter) => {
        const index = at % word.length;
        expect(nearestWord(`${word.slice(0, index)}${letter.slice(0, 1)}${word.slice(index + 1)}`, WORDS)).toBe(word);
      }),
    );
  });

  it('suggests nothing where there is nothing', () => {
    expect(nearestWord('port', [])).toBeUndefined();
  });
});
