import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export const FONT_FAMILY = 'Inter';

const folder = dirname(createRequire(import.meta.url).resolve('@expo-google-fonts/inter/package.json'));

/** Inter as TTF: the one format that canvas, native FFmpeg and its WebAssembly build all read. */
export const FONT_FILES = {
  regular: join(folder, '400Regular', 'Inter_400Regular.ttf'),
  bold: join(folder, '700Bold', 'Inter_700Bold.ttf'),
} as const;

let coverage: Promise<(codePoint: number) => boolean> | undefined;

/** Joiners, variation selectors and blanks: they shape other glyphs and need none of their own. */
const INVISIBLE = /^[\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}]$/u;

/** The visible characters of a text that the packaged font cannot draw, each once, in order. */
export async function missingGlyphs(text: string): Promise<readonly string[]> {
  coverage ??= readFile(FONT_FILES.regular).then((bytes) => readCoverage(bytes));
  const covers = await coverage;
  const missing = [...text].filter((char) => !INVISIBLE.test(char) && !covers(char.codePointAt(0) ?? 0));
  return [...new Set(missing)];
}

/** Reads a TrueType `cmap` table (subtable format 12, or 4): which code points have a glyph. */
export function readCoverage(font: Buffer): (codePoint: number) => boolean {
  const tables = font.readUInt16BE(4);
  for (let index = 0; index < tables; index += 1) {
    const record = 12 + index * 16;
    if (font.toString('latin1', record, record + 4) !== 'cmap') continue;
    const cmap = font.subarray(font.readUInt32BE(record + 8));
    const subtables = Array.from({ length: cmap.readUInt16BE(2) }, (_, at) =>
      cmap.subarray(cmap.readUInt32BE(8 + at * 8)),
    );
    const full = subtables.find((table) => table.readUInt16BE(0) === 12);
    if (full !== undefined) return coverageOfGroups(full);
    const basic = subtables.find((table) => table.readUInt16BE(0) === 4);
    if (basic !== undefined) return coverageOfSegments(basic);
  }
  return () => false;
}

function coverageOfGroups(table: Buffer): (codePoint: number) => boolean {
  const ranges = Array.from({ length: table.readUInt32BE(12) }, (_, index) => {
    const at = 16 + index * 12;
    return [table.readUInt32BE(at), table.readUInt32BE(at + 4)] as const;
  });
  return (codePoint) => ranges.some(([first, last]) => codePoint >= first && codePoint <= last);
}

function coverageOfSegments(table: Buffer): (codePoint: number) => boolean {
  const count = table.readUInt16BE(6) / 2;
  const ranges = Array.from({ length: count }, (_, index) => {
    const last = table.readUInt16BE(14 + index * 2);
    return [table.readUInt16BE(16 + count * 2 + index * 2), last] as const;
  });
  // The closing segment 0xFFFF-0xFFFF is a sentinel without a glyph.
  return (codePoint) => codePoint < 0xffff && ranges.some(([first, last]) => codePoint >= first && codePoint <= last);
}
