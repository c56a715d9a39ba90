import { stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { EngineSession } from './engine.ts';
import { probeFile } from './media-info.ts';
import type { RenderedFile } from './renderer.ts';

const TYPES: Readonly<Record<string, RenderedFile['type']>> = {
  '.mp4': 'video',
  '.mkv': 'video',
  '.webm': 'video',
  '.mov': 'video',
  '.avi': 'video',
  '.ts': 'video',
  '.m4s': 'video',
  '.gif': 'image',
  '.png': 'image',
  '.jpg': 'image',
  '.jpeg': 'image',
  '.webp': 'image',
  '.mp3': 'audio',
  '.wav': 'audio',
  '.flac': 'audio',
  '.ogg': 'audio',
  '.aac': 'audio',
  '.opus': 'audio',
  '.m4a': 'audio',
  '.srt': 'captions',
  '.vtt': 'captions',
  '.m3u8': 'playlist',
  '.mpd': 'playlist',
};

/** The kind of file that a name promises. */
export function fileTypeOf(name: string): RenderedFile['type'] {
  return TYPES[extname(name).toLowerCase()] ?? 'other';
}

/** Describes a file that a render wrote: its size on disk and, for media, what the engine reads from it. */
export async function describeFile(
  session: EngineSession,
  workDir: string,
  name: string,
  { probe }: { readonly probe: boolean } = { probe: true },
): Promise<RenderedFile> {
  const path = join(workDir, name);
  const type = fileTypeOf(name);
  const { size: sizeBytes } = await stat(path);
  const base = { path, name, type, sizeBytes };
  if (!probe || (type !== 'video' && type !== 'image' && type !== 'audio')) return base;
  const info = await probeFile(session, name);
  const timed = type !== 'image' || extname(name).toLowerCase() === '.gif';
  return {
    ...base,
    ...(info.width === undefined ? {} : { width: info.width }),
    ...(info.height === undefined ? {} : { height: info.height }),
    ...(timed && info.durationSeconds !== undefined ? { durationSeconds: info.durationSeconds } : {}),
  };
}
