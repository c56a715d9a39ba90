import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { readCoverage } from './font-coverage.ts';
import { PACKAGED_FONTS, undrawableWords, withoutKeyCaps } from './fonts.ts';

const coverageOf = async (family: string) => {
  const path = PACKAGED_FONTS.find((font) => font.family === family)?.files[0] ?? '';
  const covers = readCoverage(await readFile(path));
  return (text: string) => [...text].every((char) => covers(char.codePointAt(0) ?? 0));
};

describe('readCoverage', () => {
  it('reads a TrueType font', async () => {
    const covers = await coverageOf('Inter');
    expect([covers('Aéπя€'), covers('م'), covers('日'), covers('🎉')]).toEqual([true, false, false, false]);
  });

  it('reads a WOFF2 font', async () => {
    const covers = await coverageOf('Twemoji');
    expect([covers('🎉😀🇩👍'), covers('A'), covers('日')]).toEqual([true, false, false]);
  });
});

describe('undrawableWords', () => {
  it.each([
    'Straße, naïve, Ωμέγα, Привет — “quoted” 100 % € → \n\t',
    'مرحبا بالعالم ٣ مَرْحَبًا',
    'שלום עולם',
    '🎬 👨‍👩‍👧 🇩🇪 👍🏽 ❤️',
  ])('finds nothing to complain about in %j', async (text) => {
    expect(await undrawableWords(text)).toEqual([]);
  });

  it('names key caps, of which there are no pictures, and draws the plain character instead', async () => {
    expect(await undrawableWords('tap 1\ufe0f\u20e3 now')).toMatchObject([{ missing: ['1\ufe0f\u20e3'] }]);
    expect(withoutKeyCaps('tap 1\ufe0f\u20e3 or #\u20e3, not 1')).toBe('tap 1 or #, not 1');
  });

  it('names the words with what they lack, once and in order, and no invisible joiner', async () => {
    expect(await undrawableWords('a 日本日x b 語\u200d\ufe0f 日本日x')).toEqual([
      { word: '日本日x', missing: ['日', '本'] },
      { word: '語\u200d\ufe0f', missing: ['語'] },
    ]);
  });
});
