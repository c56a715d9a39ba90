/**
 * What a file's first bytes say it is. Names and declared content types are never believed: FFmpeg picks its reader by
 * content too, and some readers (playlists, session descriptions) open further addresses.
 */
export type MediaKind =
  | 'mp4'
  | 'matroska'
  | 'avi'
  | 'mpegts'
  | 'flv'
  | 'mp3'
  | 'wav'
  | 'flac'
  | 'ogg'
  | 'aac'
  | 'gif'
  | 'png'
  | 'jpeg'
  | 'webp'
  | 'srt'
  | 'vtt'
  | 'ass'
  | 'font'
  | 'text'
  | 'html';

/** How many bytes `sniffMediaKind` wants to see. */
export const SNIFF_BYTES = 4_096;

/** FFmpeg's reader for each kind that may be an input: the only one that the input is then allowed to use. */
export const DEMUXERS: Readonly<Partial<Record<MediaKind, string>>> = {
  mp4: 'mov',
  matroska: 'matroska',
  avi: 'avi',
  mpegts: 'mpegts',
  flv: 'flv',
  mp3: 'mp3',
  wav: 'wav',
  flac: 'flac',
  ogg: 'ogg',
  aac: 'aac',
  gif: 'gif',
  png: 'image2',
  jpeg: 'image2',
  webp: 'image2',
  srt: 'srt',
  vtt: 'webvtt',
  ass: 'ass',
};

/** Still pictures that the movie renderer can draw. */
export const PICTURE_KINDS: readonly MediaKind[] = ['png', 'jpeg', 'webp'];

type Rule = readonly [kind: MediaKind, matches: (bytes: Uint8Array) => boolean];

const SIGNATURES: readonly Rule[] = [
  ['png', startsWith(0, '\x89PNG\r\n\x1a\n')],
  ['jpeg', startsWith(0, '\xff\xd8\xff')],
  ['gif', (bytes) => startsWith(0, 'GIF87a')(bytes) || startsWith(0, 'GIF89a')(bytes)],
  ['webp', (bytes) => startsWith(0, 'RIFF')(bytes) && startsWith(8, 'WEBP')(bytes)],
  ['wav', (bytes) => startsWith(0, 'RIFF')(bytes) && startsWith(8, 'WAVE')(bytes)],
  ['avi', (bytes) => startsWith(0, 'RIFF')(bytes) && startsWith(8, 'AVI ')(bytes)],
  ['mp4', (bytes) => ['ftyp', 'moov', 'mdat', 'wide', 'free', 'skip'].some((box) => startsWith(4, box)(bytes))],
  ['matroska', startsWith(0, '\x1a\x45\xdf\xa3')],
  ['flac', startsWith(0, 'fLaC')],
  ['ogg', startsWith(0, 'OggS')],
  ['flv', startsWith(0, 'FLV\x01')],
  ['mpegts', (bytes) => bytes[0] === 0x47 && (bytes.length <= 188 || bytes[188] === 0x47)],
  [
    'font',
    (bytes) => ['\x00\x01\x00\x00', 'OTTO', 'ttcf', 'true', 'wOFF', 'wOF2'].some((tag) => startsWith(0, tag)(bytes)),
  ],
  ['mp3', startsWith(0, 'ID3')],
  // ADTS has its layer bits at 00, MPEG audio has not; both start with eleven set bits.
  ['aac', (bytes) => bytes[0] === 0xff && ((bytes[1] ?? 0) & 0xf6) === 0xf0],
  ['mp3', (bytes) => bytes[0] === 0xff && ((bytes[1] ?? 0) & 0xe0) === 0xe0 && ((bytes[1] ?? 0) & 0x06) !== 0],
];

const TEXT_SIGNATURES: readonly (readonly [MediaKind, RegExp])[] = [
  ['vtt', /^WEBVTT(?:[ \t\r\n]|$)/],
  ['ass', /^\[Script Info\]/i],
  ['srt', /^\d+[ \t]*\r?\n\d{1,2}:\d{2}:\d{2}[,.]\d{1,3} --> /],
  ['html', /^<(?:!doctype html|html|head|body|\?xml)\b/i],
];

/** Names the kind of the bytes, or undefined for bytes that are neither known media nor plain text. */
export function sniffMediaKind(bytes: Uint8Array): MediaKind | undefined {
  const binary = SIGNATURES.find(([, matches]) => matches(bytes))?.[0];
  if (binary !== undefined) return binary;
  if (bytes.length === 0 || bytes.subarray(0, SNIFF_BYTES).includes(0)) return undefined;
  const text = new TextDecoder().decode(bytes.subarray(0, SNIFF_BYTES)).trimStart();
  return TEXT_SIGNATURES.find(([, pattern]) => pattern.test(text))?.[0] ?? 'text';
}

function startsWith(offset: number, magic: string): (bytes: Uint8Array) => boolean {
  return (bytes) => [...magic].every((char, index) => bytes[offset + index] === char.charCodeAt(0));
}
