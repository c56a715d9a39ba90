import { extname } from 'node:path';
import type { MediaKind } from '@renderq/sandbox/probe';

const OF_KIND: Readonly<Partial<Record<MediaKind, string>>> = {
  mp4: 'video/mp4',
  matroska: 'video/x-matroska',
  avi: 'video/x-msvideo',
  mpegts: 'video/mp2t',
  flv: 'video/x-flv',
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  flac: 'audio/flac',
  ogg: 'audio/ogg',
  aac: 'audio/aac',
  gif: 'image/gif',
  png: 'image/png',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  srt: 'application/x-subrip',
  vtt: 'text/vtt',
  ass: 'text/x-ssa',
  font: 'font/sfnt',
};

/** Where the same first bytes stand for several types, the file's ending decides among these. */
const BY_ENDING: Readonly<Partial<Record<MediaKind, Readonly<Record<string, string>>>>> = {
  mp4: {
    '.mov': 'video/quicktime',
    '.m4a': 'audio/mp4',
    '.m4v': 'video/x-m4v',
    '.avif': 'image/avif',
    '.heic': 'image/heic',
  },
  matroska: { '.webm': 'video/webm', '.mka': 'audio/x-matroska' },
  ogg: { '.opus': 'audio/opus', '.ogv': 'video/ogg' },
  font: { '.ttf': 'font/ttf', '.otf': 'font/otf', '.woff': 'font/woff', '.woff2': 'font/woff2' },
  // Subtitles and colour tables have no mark at their beginning that everybody writes.
  text: {
    '.srt': 'application/x-subrip',
    '.vtt': 'text/vtt',
    '.ass': 'text/x-ssa',
    '.ssa': 'text/x-ssa',
    '.cube': 'text/plain',
  },
};

/**
 * The media type of a file by its first bytes, with its ending where those leave it open. Undefined for whatever a render
 * has no use for: a file named `.mp4` that holds a private key is not uploaded.
 */
export function fileType(name: string, kind: MediaKind | undefined): string | undefined {
  if (kind === undefined) return undefined;
  return BY_ENDING[kind]?.[extname(name).toLowerCase()] ?? OF_KIND[kind];
}
