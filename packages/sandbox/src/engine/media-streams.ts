/** One stream of a media file. What FFmpeg does not tell is left out. */
export interface MediaStream {
  readonly index: number;
  readonly kind: 'video' | 'audio' | 'subtitle' | 'data' | 'attachment';
  /** FFmpeg's name, for example `h264`. */
  readonly codec: string;
  readonly profile?: string;
  /** As stored: a player turns the picture by `rotationDegrees` before it shows it. */
  readonly width?: number;
  readonly height?: number;
  readonly framesPerSecond?: number;
  readonly pixelFormat?: string;
  /** Counter-clockwise, as FFmpeg's display matrix tells it. */
  readonly rotationDegrees?: number;
  readonly sampleRateHz?: number;
  readonly channelLayout?: string;
  readonly bitsPerSecond?: number;
  /** ISO 639-2, where the file names one. */
  readonly language?: string;
  /** The cover of a song or a film, not a moving picture. */
  readonly isCover?: true;
}

/** What a media file is made of. */
export interface MediaReport {
  /** FFmpeg's name of the container, for example `mov,mp4,m4a,3gp,3g2,mj2`. */
  readonly format: string;
  readonly durationSeconds?: number;
  readonly bitsPerSecond?: number;
  readonly streams: readonly MediaStream[];
}

type Kind = MediaStream['kind'];

const STREAM =
  /^ {2}Stream #0:(\d+)(?:\[0x[0-9a-f]+\])?(?:\(([a-z]{3})\))?: (Video|Audio|Subtitle|Data|Attachment): (.*)$/;
const DURATION = /^ {2}Duration: (\d+):(\d{2}):(\d{2}(?:\.\d+)?)/m;
const BITRATE = /^ {2}Duration: .*bitrate: (\d+) kb\/s/m;
const ROTATION = /^\s+displaymatrix: rotation of (-?\d+(?:\.\d+)?) degrees/m;
/** Still pictures are played for one frame, which is no duration of theirs. */
const PICTURE = /^(?:image2|[a-z0-9]+_pipe)$/;

/**
 * Reads what FFmpeg prints about an input. Undefined when it could not make anything of the file. Only lines at the depth
 * that FFmpeg gives to its own words are read: titles and comments inside the file stand deeper.
 */
export function readMediaReport(log: string): MediaReport | undefined {
  const format = /^Input #0, ([\w,]+), from /m.exec(log)?.[1];
  if (format === undefined) return undefined;
  const about = log.slice(log.indexOf('Input #0'));
  const isPicture = PICTURE.test(format);
  const duration = isPicture ? null : DURATION.exec(about);
  const bitrate = isPicture ? null : BITRATE.exec(about);
  return {
    format,
    ...(duration && {
      durationSeconds: Number(duration[1]) * 3600 + Number(duration[2]) * 60 + Number(duration[3]),
    }),
    ...(bitrate && { bitsPerSecond: Number(bitrate[1]) * 1000 }),
    streams: readStreams(about, isPicture),
  };
}

function readStreams(about: string, isPicture: boolean): MediaStream[] {
  const streams: MediaStream[] = [];
  const lines = about.split('\n');
  for (const [at, line] of lines.entries()) {
    const found = STREAM.exec(line.trimEnd());
    if (found === null) continue;
    const after = lines.slice(at + 1);
    const end = after.findIndex((next) => /^ {0,2}\S/.test(next));
    const [, index = '', language, word = '', facts = ''] = found;
    streams.push({
      index: Number(index),
      ...readFacts(word.toLowerCase() as Kind, facts, isPicture),
      ...readRotation(after.slice(0, end < 0 ? undefined : end).join('\n')),
      ...(language === undefined || language === 'und' ? {} : { language }),
    });
  }
  return streams;
}

function readRotation(details: string): Pick<MediaStream, 'rotationDegrees'> {
  const turned = Number(ROTATION.exec(details)?.[1] ?? 0);
  return turned === 0 ? {} : { rotationDegrees: turned };
}

/** `h264 (High) (avc1 / 0x31637661), yuv420p(tv, bt709), 640x360 [SAR 1:1 DAR 16:9], 25 fps`: commas in brackets belong to them. */
function readFacts(kind: Kind, facts: string, isPicture: boolean): Omit<MediaStream, 'index'> {
  const [head = '', ...parts] = facts.split(/, (?![^([]*[)\]])/);
  const [, codec = 'unknown', profile] = /^(\S+)(?: \(([^)/]+)\))?/.exec(head) ?? [];
  const rate = /(\d+) kb\/s/.exec(facts)?.[1];
  const common = {
    kind,
    codec,
    ...(profile === undefined ? {} : { profile }),
    ...(rate === undefined || rate === '0' ? {} : { bitsPerSecond: Number(rate) * 1000 }),
  };
  if (kind === 'video') return { ...common, ...readPicture(parts, facts, isPicture) };
  if (kind === 'audio') return { ...common, ...readSound(parts) };
  return common;
}

function readPicture(parts: readonly string[], facts: string, isPicture: boolean): Partial<MediaStream> {
  const size = parts.map((part) => /^(\d{1,6})x(\d{1,6})\b/.exec(part)).find((match) => match !== null);
  const fps = isPicture ? undefined : /, (\d+(?:\.\d+)?) fps\b/.exec(facts)?.[1];
  const pixelFormat = /^[a-z][a-z0-9]+/.exec(parts[0] ?? '')?.[0];
  return {
    ...(size && size[1] !== '0' ? { width: Number(size[1]), height: Number(size[2]) } : {}),
    ...(fps === undefined ? {} : { framesPerSecond: Number(fps) }),
    ...(pixelFormat === undefined ? {} : { pixelFormat }),
    ...(facts.includes('(attached pic)') ? { isCover: true as const } : {}),
  };
}

function readSound(parts: readonly string[]): Partial<MediaStream> {
  const at = parts.findIndex((part) => /^\d+ Hz$/.test(part));
  const layout = parts[at + 1];
  if (at < 0) return {};
  return {
    sampleRateHz: Number.parseInt(parts[at] ?? '', 10),
    ...(layout === undefined || !/^(?:[a-z0-9.]+(?:\([a-z0-9.]+\))?|\d+ channels)$/.test(layout)
      ? {}
      : { channelLayout: layout }),
  };
}
