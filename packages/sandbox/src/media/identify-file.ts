import { open } from 'node:fs/promises';
import { RenderFault } from '../engine/renderer.ts';
import { type MediaKind, SNIFF_BYTES, sniffMediaKind } from './media-kind.ts';

/** What a file's first bytes say it is. Throws RenderFault `source-not-media` for web pages, empty and unknown files. */
export async function identifyFile(path: string, label: string): Promise<MediaKind> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SNIFF_BYTES), 0, SNIFF_BYTES, 0);
    const kind = sniffMediaKind(buffer.subarray(0, bytesRead));
    if (kind !== undefined && kind !== 'html') return kind;
    const found =
      kind === 'html' ? 'a web page' : bytesRead === 0 ? 'an empty file' : 'not a media file that is known here';
    throw new RenderFault('source-not-media', `${label}: the source is ${found}. Link to the media file itself.`);
  } finally {
    await file.close();
  }
}
