import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { Readable } from 'node:stream';

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.mp4': 'video/mp4',
  '.m4v': 'video/mp4',
  '.mov': 'video/quicktime',
  '.mkv': 'video/x-matroska',
  '.webm': 'video/webm',
  '.avi': 'video/x-msvideo',
  '.ts': 'video/mp2t',
  '.gif': 'image/gif',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
  '.mp3': 'audio/mpeg',
  '.m4a': 'audio/mp4',
  '.aac': 'audio/aac',
  '.wav': 'audio/wav',
  '.flac': 'audio/flac',
  '.ogg': 'audio/ogg',
  '.opus': 'audio/ogg',
  '.srt': 'application/x-subrip',
  '.vtt': 'text/vtt',
  '.m3u8': 'application/vnd.apple.mpegurl',
  '.mpd': 'application/dash+xml',
  '.json': 'application/json',
};

/** The media type of a file by its name's ending. */
export function mediaTypeOf(name: string): string {
  return MEDIA_TYPES[extname(name).toLowerCase()] ?? 'application/octet-stream';
}

/** Types that a browser plays or shows and never runs; `+xml` is left out, because a browser reads it as a document. */
const PLAYED_TYPE = /^(?:(?:audio|video)\/(?!.*xml)[\w.+-]+|image\/(?:png|jpeg|gif|webp|avif|bmp))(?:\s*;[^,\r\n]*)?$/i;

/** A type and its parameters, all in one line of ASCII. */
const MEDIA_TYPE = /^[\w.+-]+\/[\w.+-]+(?:\s*;[\x20-\x7e]*)?$/;

/**
 * What keeps a stranger's bytes from being more than bytes on this origin, which is the control plane's too: media may be
 * played where it stands, anything else is a download, and neither runs a script. A browser's own player is a document
 * of this origin and is given the film only while it stays one.
 */
function contentHeaders(contentType: string, name: string): Readonly<Record<string, string>> {
  const isPlayed = PLAYED_TYPE.test(contentType);
  return {
    'content-type': MEDIA_TYPE.test(contentType) ? contentType : 'application/octet-stream',
    'content-disposition': `${isPlayed ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeURIComponent(name)}`,
    'content-security-policy': isPlayed
      ? "sandbox allow-same-origin; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'"
      : "sandbox; default-src 'none'",
    'x-content-type-options': 'nosniff',
  };
}

interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Reads one `bytes=` range; null when it cannot be met, undefined when there is none to honour. */
export function readRange(header: string | undefined, size: number): ByteRange | null | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const [, from = '', to = ''] = match;
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  return start > end ? null : { start, end };
}

/**
 * Answers with a file, whole or the one byte range asked for: players seek by ranges. Undefined when it is gone.
 * `contentType` is a caller's word for the bytes and need not be true.
 */
export async function sendFile(
  path: string,
  name: string,
  request: Request,
  contentType = mediaTypeOf(name),
): Promise<Response | undefined> {
  const info = await stat(path).catch(() => undefined);
  if (!info) return undefined;
  const headers = new Headers({ 'accept-ranges': 'bytes', ...contentHeaders(contentType, name) });
  const range = readRange(request.headers.get('range') ?? undefined, info.size);
  if (range === null) {
    headers.set('content-range', `bytes */${info.size}`);
    return new Response(null, { status: 416, headers });
  }
  const { start, end } = range ?? { start: 0, end: info.size - 1 };
  headers.set('content-length', String(end - start + 1));
  if (range) headers.set('content-range', `bytes ${start}-${end}/${info.size}`);
  const body = request.method === 'HEAD' || info.size === 0 ? null : createReadStream(path, { start, end });
  return new Response(body && (Readable.toWeb(body) as ReadableStream<Uint8Array>), {
    status: range ? 206 : 200,
    headers,
  });
}
