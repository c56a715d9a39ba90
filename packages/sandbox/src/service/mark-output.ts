import { open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';

/** What a file says of its origin, inside. */
export const OUTPUT_MARK = 'renderq sandbox: made locally, not by the vendor';

type Mark = (tail: Buffer) => Insertion | undefined;

/** Bytes that go into a file, `fromEnd` bytes before its end. */
interface Insertion {
  readonly bytes: Buffer;
  readonly fromEnd: number;
}

/** How many of a file's first and last bytes tell its format. */
const EDGE_BYTES = 12;

/**
 * Writes the mark into a finished file where its format has a place that players pass over: a box, a chunk, a comment or
 * an element of its own. Pictures and sound stay as they are, bit for bit. Returns the bytes added; 0 for formats
 * without such a place, whose downloads carry the mark in a header alone.
 */
export async function markOutput(path: string): Promise<number> {
  const file = await open(path, 'r+');
  try {
    const { size } = await file.stat();
    if (size < EDGE_BYTES) return 0;
    const { buffer: head } = await file.read(Buffer.alloc(EDGE_BYTES), 0, EDGE_BYTES, 0);
    const { buffer: tail } = await file.read(Buffer.alloc(EDGE_BYTES), 0, EDGE_BYTES, size - EDGE_BYTES);
    const insertion = MARKS.find(({ isFormat }) => isFormat(head.toString('latin1')))?.mark(tail);
    if (!insertion) return 0;
    const { bytes, fromEnd } = insertion;
    const moved = tail.subarray(tail.length - fromEnd);
    await file.write(Buffer.concat([bytes, moved]), 0, bytes.length + moved.length, size - fromEnd);
    return bytes.length;
  } finally {
    await file.close();
  }
}

const text = Buffer.from(OUTPUT_MARK);

/** ISO 14496-12: a `free` box is to be ignored wherever it stands. */
const isoBox: Mark = () => {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + text.length);
  head.write('free', 4, 'latin1');
  return { bytes: Buffer.concat([head, text]), fromEnd: 0 };
};

/** Matroska: a Void element may stand at every level; one of its bytes holds the length, up to 126. */
const voidElement: Mark = () => ({ bytes: Buffer.concat([Buffer.from([0xec, 0x80 | text.length]), text]), fromEnd: 0 });

const IEND_BYTES = 12;

/** PNG: a tEXt chunk before the last one. */
const pngText: Mark = (tail) => {
  if (tail.subarray(4, 8).toString('latin1') !== 'IEND') return undefined;
  const body = Buffer.concat([Buffer.from('tEXtComment\0', 'latin1'), text]);
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length - 4);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return { bytes: Buffer.concat([head, body, check]), fromEnd: IEND_BYTES };
};

/** GIF: a comment extension before the trailer. */
const gifComment: Mark = (tail) => {
  if (tail.at(-1) !== 0x3b) return undefined;
  return { bytes: Buffer.concat([Buffer.from([0x21, 0xfe, text.length]), text, Buffer.from([0])]), fromEnd: 1 };
};

/** JPEG: a comment before the end of the image. */
const jpegComment: Mark = (tail) => {
  if (tail.at(-2) !== 0xff || tail.at(-1) !== 0xd9) return undefined;
  const head = Buffer.from([0xff, 0xfe, 0, text.length + 2]);
  return { bytes: Buffer.concat([head, text]), fromEnd: 2 };
};

const ID3V1_BYTES = 128;

/** MP3: an ID3v1 tag, the last 128 bytes. */
const id3Tag: Mark = () => {
  const tag = Buffer.alloc(ID3V1_BYTES);
  tag.write('TAG', 0, 'latin1');
  tag.write('renderq sandbox', 33, 'latin1');
  tag.write('made locally', 97, 'latin1');
  return { bytes: tag, fromEnd: 0 };
};

/** By the first bytes: a file's name is its caller's. */
const MARKS: readonly { readonly isFormat: (head: string) => boolean; readonly mark: Mark }[] = [
  { isFormat: (head) => head.startsWith('ftyp', 4), mark: isoBox },
  { isFormat: (head) => head.startsWith('\x1a\x45\xdf\xa3'), mark: voidElement },
  { isFormat: (head) => head.startsWith('\x89PNG\r\n\x1a\n'), mark: pngText },
  { isFormat: (head) => head.startsWith('GIF8'), mark: gifComment },
  { isFormat: (head) => head.startsWith('\xff\xd8\xff'), mark: jpegComment },
  { isFormat: (head) => head.startsWith('ID3'), mark: id3Tag },
];
