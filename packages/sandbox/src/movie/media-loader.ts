import { join } from 'node:path';
import type { EngineSession } from '../engine/engine.ts';
import { type MediaInfo, probeFile } from '../engine/media-info.ts';
import { RenderFault } from '../engine/renderer.ts';
import { DEMUXERS } from '../media/media-kind.ts';
import type { FetchSource } from '../media/source-files.ts';
import type { AudioElement, MovieElement, VideoElement } from './movie.ts';

/** A video or a sound in the work folder. */
export interface SourceMedia {
  readonly file: string;
  readonly info: MediaInfo;
  /** What stands before `-i`: the only reader and protocol that this file may use. */
  readonly guard: readonly string[];
}

export interface MediaLoad {
  readonly workDir: string;
  readonly signal: AbortSignal;
  readonly session: EngineSession;
  readonly onProgress: (share: number) => void;
}

/** Beyond this, one decoded frame takes a hundred megabytes. */
export const MAX_SOURCE_PIXELS = 36_000_000;

const VIDEO_READERS = ['mov', 'matroska', 'avi', 'mpegts', 'flv', 'gif'];
const AUDIO_READERS = [...VIDEO_READERS, 'mp3', 'wav', 'flac', 'ogg', 'aac'];

/** Fetches the videos and sounds of a film, each address once. Throws RenderFault `source-*` naming the element. */
export async function loadMedia(
  elements: readonly MovieElement[],
  fetchSource: FetchSource,
  load: MediaLoad,
): Promise<ReadonlyMap<string, SourceMedia>> {
  const wanted = elements.filter((element) => element.type === 'video' || element.type === 'audio');
  const media = new Map<string, SourceMedia>();
  const sources = new Set(wanted.map(({ src }) => src));
  for (const element of wanted) {
    const label = `${element.path}/src`;
    const known =
      media.get(element.src) ?? (await fetchOne(element.src, `media${media.size}`, label, fetchSource, load));
    media.set(element.src, known);
    checkUse(element, known, label);
    load.onProgress(media.size / sources.size);
  }
  return media;
}

async function fetchOne(
  url: string,
  file: string,
  label: string,
  fetchSource: FetchSource,
  { workDir, signal, session }: MediaLoad,
): Promise<SourceMedia> {
  const kind = await fetchSource({ source: { url }, toPath: join(workDir, file), label, signal });
  const reader = DEMUXERS[kind];
  if (reader === undefined || !AUDIO_READERS.includes(reader))
    throw new RenderFault('source-not-media', `${label}: the source is ${kind}, neither video nor sound.`);
  const info = await probeFile(session, file, [reader]);
  if ((info.width ?? 0) * (info.height ?? 0) > MAX_SOURCE_PIXELS) {
    throw new RenderFault(
      'source-not-media',
      `${label}: the video is larger than ${MAX_SOURCE_PIXELS / 1_000_000} megapixels.`,
    );
  }
  const guard = ['-protocol_whitelist', 'file', '-format_whitelist', reader, '-max_pixels', String(MAX_SOURCE_PIXELS)];
  return { file, info, guard };
}

function checkUse({ type, seek, loop }: VideoElement | AudioElement, { info }: SourceMedia, label: string): void {
  if (type === 'video' && !info.hasVideo)
    throw new RenderFault('source-not-media', `${label}: the source has no video. Use type 'audio' for sound alone.`);
  if (type === 'audio' && !info.hasAudio)
    throw new RenderFault('source-not-media', `${label}: the source has no sound.`);
  if (!loop && info.durationSeconds !== undefined && seek >= info.durationSeconds) {
    throw new RenderFault(
      'source-not-media',
      `${label}: 'seek' skips all of it; the source has ${info.durationSeconds} s.`,
    );
  }
}
