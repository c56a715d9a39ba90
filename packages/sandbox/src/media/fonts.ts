import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Coverage, readCoverage } from './font-coverage.ts';

const require = createRequire(import.meta.url);
const inter = dirname(require.resolve('@expo-google-fonts/inter/package.json'));
const arabic = fontsBeside(require.resolve('@embedpdf/fonts-arabic'));
const hebrew = fontsBeside(require.resolve('@embedpdf/fonts-hebrew'));

/** Inter as TTF: the one format that canvas, native FFmpeg and its WebAssembly build all read. */
export const FONT_FILES = {
  regular: join(inter, '400Regular', 'Inter_400Regular.ttf'),
  bold: join(inter, '700Bold', 'Inter_700Bold.ttf'),
} as const;

export interface PackagedFont {
  readonly family: string;
  readonly files: readonly string[];
}

/**
 * The fonts that text is drawn with, in the order in which they are asked for a glyph: Latin, Greek and Cyrillic, then
 * Arabic, Hebrew and colour emoji. All are under the SIL Open Font License; what comes after Inter weighs under 1 MB.
 */
export const PACKAGED_FONTS: readonly PackagedFont[] = [
  { family: 'Inter', files: [FONT_FILES.regular, FONT_FILES.bold] },
  {
    family: 'Noto Naskh Arabic',
    files: [join(arabic, 'NotoNaskhArabic-Regular.ttf'), join(arabic, 'NotoNaskhArabic-Bold.ttf')],
  },
  {
    family: 'Noto Sans Hebrew',
    files: [join(hebrew, 'NotoSansHebrew-Regular.ttf'), join(hebrew, 'NotoSansHebrew-Bold.ttf')],
  },
  { family: 'Twemoji', files: [join(dirname(require.resolve('twemoji-colr-font/package.json')), 'twemoji.woff2')] },
];

/** What stands in the `font` of a canvas: every packaged family, so that each glyph is found somewhere. */
export const FONT_FAMILIES = PACKAGED_FONTS.map(({ family }) => `"${family}"`).join(', ');

let coverages: Promise<readonly Coverage[]> | undefined;

/** Joiners, variation selectors and blanks: they shape other glyphs and need none of their own. */
const INVISIBLE = /^[\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}]$/u;

/** A key cap, such as 1️⃣: the packaged emoji font has no picture of any, and leaves a gap instead. */
const KEY_CAP = /([0-9#*])\ufe0f?\u20e3/gu;

/** The text as the packaged fonts can draw it: key caps become the plain character. */
export function withoutKeyCaps(text: string): string {
  return text.replace(KEY_CAP, '$1');
}

/** A word of a text and its visible characters that no packaged font can draw, each once, in order. */
export interface UndrawableWord {
  readonly word: string;
  readonly missing: readonly string[];
}

/** The words of a text that come out as boxes, in whole or in part; each once, in order. */
export async function undrawableWords(text: string): Promise<readonly UndrawableWord[]> {
  coverages ??= Promise.all(
    PACKAGED_FONTS.flatMap(({ files }) => files.slice(0, 1)).map((path) => readFile(path).then(readCoverage)),
  );
  const fonts = await coverages;
  const isMissing = (char: string) =>
    !INVISIBLE.test(char) && !fonts.some((covers) => covers(char.codePointAt(0) ?? 0));
  return [...new Set(text.split(/\s+/u))].flatMap((word) => {
    const missing = [...new Set([...(word.match(KEY_CAP) ?? []), ...[...word].filter(isMissing)])];
    return missing.length === 0 ? [] : [{ word, missing }];
  });
}

/** These packages let nothing but their entry be resolved; their fonts stand in a folder beside it. */
function fontsBeside(entry: string): string {
  return join(dirname(entry), '..', 'fonts');
}
