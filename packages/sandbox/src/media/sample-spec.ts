import { createHash } from 'node:crypto';

export type SampleKind = 'video' | 'audio' | 'image' | 'subtitles';

/** A piece of media that an example URL stands for; the same URL path always means the same bytes. */
export interface SampleSpec {
  readonly kind: SampleKind;
  /** Lower case, with the dot: `.mp4`. */
  readonly extension: string;
  /** The file name in the URL, shown inside generated pictures. */
  readonly label: string;
  /** 0 to 359, from the URL's host and path: makes two samples look and sound different. */
  readonly seed: number;
  /** Safe file name, unique for this sample. */
  readonly fileName: string;
}

const KINDS: Readonly<Record<string, SampleKind>> = {
  '.mp4': 'video',
  '.mov': 'video',
  '.webm': 'video',
  '.mkv': 'video',
  '.mp3': 'audio',
  '.wav': 'audio',
  '.m4a': 'audio',
  '.flac': 'audio',
  '.ogg': 'audio',
  '.png': 'image',
  '.jpg': 'image',
  '.jpeg': 'image',
  '.webp': 'image',
  '.srt': 'subtitles',
  '.vtt': 'subtitles',
};

/** Names reserved for documentation (RFC 2606) and sites whose clips fill tutorials. */
const SAMPLE_HOSTS = /(?:^|\.)example\.(?:com|org|net)$|\.(?:example|test)$|(?:^|\.)samplelib\.com$/;

/**
 * Tells which generated sample an example URL stands for, or undefined for a URL that must really be fetched.
 * Vendors' pages use such URLs throughout; nobody serves media there.
 */
export function resolveSample(url: string): SampleSpec | undefined {
  const parsed = URL.parse(url);
  if (parsed === null || !/^https?:$/.test(parsed.protocol) || !SAMPLE_HOSTS.test(parsed.hostname)) return undefined;
  const label = lastSegment(parsed.pathname);
  const extension = /\.[a-z0-9]{2,4}$/i.exec(label)?.[0].toLowerCase();
  const kind = extension === undefined ? undefined : KINDS[extension];
  if (extension === undefined || kind === undefined) return undefined;
  const digest = createHash('sha256').update(`${parsed.hostname}${parsed.pathname}`).digest();
  return {
    kind,
    extension,
    label: label.slice(0, 60),
    seed: digest.readUInt16BE(0) % 360,
    fileName: `${digest.toString('hex').slice(0, 24)}${extension}`,
  };
}

function lastSegment(pathname: string): string {
  const segment = pathname.slice(pathname.lastIndexOf('/') + 1);
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
