import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { UploadSource } from '../ports/upload-source.ts';

const CHUNK_BYTES = 256 * 1024;

/**
 * A file on disk as a source for uploads, read piece by piece. A file that changes while it is uploaded is an error,
 * never a mixture of two versions.
 * @throws {Error} Node's own error when there is no such file, or a TypeError when it is no regular file.
 */
export async function fileSource(path: string, options: { readonly filename?: string } = {}): Promise<UploadSource> {
  const first = await stat(path);
  if (!first.isFile()) throw new TypeError('The path names no regular file.');
  const version = versionOf(first);
  return {
    filename: options.filename ?? basename(path),
    size: first.size,
    version,
    async *read(start, end) {
      if (versionOf(await stat(path)) !== version) throw new Error('The file changed while it was being uploaded.');
      if (end > start) yield* createReadStream(path, { start, end: end - 1, highWaterMark: CHUNK_BYTES });
    },
  };
}

function versionOf({ size, mtimeMs }: { readonly size: number; readonly mtimeMs: number }): string {
  return `${size}-${mtimeMs}`;
}
