import { brotliDecompressSync } from 'node:zlib';

/** Whether a font has a glyph for a code point. */
export type Coverage = (codePoint: number) => boolean;

type CodeRange = readonly [first: number, last: number];

/** Reads which code points a TrueType or WOFF2 font has glyphs for (its `cmap` table, subtable format 12, or 4). */
export function readCoverage(font: Buffer): Coverage {
  const cmap = font.toString('latin1', 0, 4) === 'wOF2' ? cmapOfWoff2(font) : cmapOfTrueType(font);
  if (cmap === undefined) return () => false;
  const subtables = Array.from({ length: cmap.readUInt16BE(2) }, (_, at) =>
    cmap.subarray(cmap.readUInt32BE(8 + at * 8)),
  );
  const full = subtables.find((table) => table.readUInt16BE(0) === 12);
  const basic = subtables.find((table) => table.readUInt16BE(0) === 4);
  const ranges = full === undefined ? (basic === undefined ? [] : segmentsOf(basic)) : groupsOf(full);
  return (codePoint) => ranges.some(([first, last]) => codePoint >= first && codePoint <= last);
}

function cmapOfTrueType(font: Buffer): Buffer | undefined {
  const tables = font.readUInt16BE(4);
  for (let index = 0; index < tables; index += 1) {
    const record = 12 + index * 16;
    if (font.toString('latin1', record, record + 4) === 'cmap') return font.subarray(font.readUInt32BE(record + 8));
  }
  return undefined;
}

/** Positions in WOFF2's list of known table tags (W3C WOFF 2.0, section 4.1). */
const CMAP = 0;
const GLYF = 10;
const LOCA = 11;
const OTHER_TAG = 63;

/** All tables of a WOFF2 stand in one Brotli stream, in the order of the directory. */
function cmapOfWoff2(font: Buffer): Buffer | undefined {
  let at = 48;
  const readLength = (): number => {
    let value = 0;
    for (;;) {
      const byte = font.readUInt8(at);
      at += 1;
      value = value * 128 + (byte & 0x7f);
      if ((byte & 0x80) === 0) return value;
    }
  };
  let offset = 0;
  let found: { readonly start: number; readonly end: number } | undefined;
  for (let left = font.readUInt16BE(12); left > 0; left -= 1) {
    const flags = font.readUInt8(at);
    at += 1;
    const tag = flags & 0x3f;
    if (tag === OTHER_TAG) at += 4;
    const original = readLength();
    // glyf and loca are transformed unless their version is 3; every other table only if it is not 0.
    const version = flags >> 6;
    const isTransformed = tag === GLYF || tag === LOCA ? version !== 3 : version !== 0;
    const length = isTransformed ? readLength() : original;
    if (tag === CMAP) found = { start: offset, end: offset + length };
    offset += length;
  }
  if (found === undefined) return undefined;
  const tables = brotliDecompressSync(font.subarray(at, at + font.readUInt32BE(20)));
  return tables.subarray(found.start, found.end);
}

function groupsOf(table: Buffer): readonly CodeRange[] {
  return Array.from({ length: table.readUInt32BE(12) }, (_, index) => {
    const at = 16 + index * 12;
    return [table.readUInt32BE(at), table.readUInt32BE(at + 4)] as const;
  });
}

function segmentsOf(table: Buffer): readonly CodeRange[] {
  const count = table.readUInt16BE(6) / 2;
  const ranges = Array.from({ length: count }, (_, index) => {
    const last = table.readUInt16BE(14 + index * 2);
    return [table.readUInt16BE(16 + count * 2 + index * 2), last] as const;
  });
  // The closing segment 0xFFFF-0xFFFF is a sentinel without a glyph.
  return ranges.filter(([first]) => first !== 0xffff);
}
