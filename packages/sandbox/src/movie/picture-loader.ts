import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { RenderFault } from '../engine/renderer.ts';
import { loadCanvas, type Picture } from '../media/canvas.ts';
import { PICTURE_KINDS } from '../media/media-kind.ts';
import { readPictureSize } from '../media/picture-size.ts';
import type { FetchSource } from '../media/source-files.ts';
import type { MovieElement } from './movie.ts';

/** Beyond this a decoded picture takes a quarter of a gigabyte. */
const MAX_PIXELS = 64_000_000;

/** Fetches and decodes the pictures of a film, each address once. Throws RenderFault `source-*` naming the element. */
export async function loadPictures(
  elements: readonly MovieElement[],
  fetchSource: FetchSource,
  { workDir, signal, onProgress }: { workDir: string; signal: AbortSignal; onProgress: (share: number) => void },
): Promise<ReadonlyMap<string, Picture>> {
  const pictures = new Map<string, Picture>();
  const wanted = new Map(
    elements.flatMap((element) => (element.type === 'image' ? [[element.src, element] as const] : [])),
  );
  for (const [src, element] of wanted) {
    const toPath = join(workDir, 'picture');
    const label = `${element.path}/src`;
    const kind = await fetchSource({ source: { url: src }, toPath, label, signal });
    if (!PICTURE_KINDS.includes(kind)) {
      throw new RenderFault('source-not-media', `${label}: the source is ${kind}, not a PNG, JPEG or WebP picture.`);
    }
    const bytes = await readFile(toPath);
    await rm(toPath);
    const size = readPictureSize(bytes, kind);
    if (size === undefined || size.width * size.height > MAX_PIXELS) {
      throw new RenderFault(
        'source-not-media',
        `${label}: the picture is damaged or larger than ${MAX_PIXELS / 1_000_000} megapixels.`,
      );
    }
    pictures.set(src, await decode(bytes, label));
    onProgress(pictures.size / wanted.size);
  }
  return pictures;
}

async function decode(bytes: Buffer, label: string): Promise<Picture> {
  const { loadImage } = await loadCanvas();
  try {
    return await loadImage(bytes);
  } catch {
    throw new RenderFault('source-not-media', `${label}: the picture is damaged and cannot be decoded.`);
  }
}
