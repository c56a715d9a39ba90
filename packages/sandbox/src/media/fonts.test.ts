import { describe, expect, it } from 'vitest';
import { missingGlyphs } from './fonts.ts';

describe('missingGlyphs', () => {
  it('knows that Latin, Greek and Cyrillic text is complete', async () => {
    expect(await missingGlyphs('Straße, naïve, Ωμέγα, Привет — “quoted” 100 % € → \n\t')).toEqual([]);
  });

  it('names what the font lacks, once and in order, and no invisible joiner', async () => {
    expect(await missingGlyphs('a日b😀c日\u200d\ufe0f')).toEqual(['日', '😀']);
  });
});
