import { createReadStream, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { argument, options as optionsOf } from '../arguments/check-argument.ts';
import { TEXT } from '../arguments/rule.ts';
import { RenderError } from '../errors/render-error.ts';
import type { UploadSource } from '../ports/upload-source.ts';
import { fileFault } from './file-fault.ts';

const CHUNK_BYTES = 256 * 1024;

/**
 * A file on disk as a source for uploads, read piece by piece. A file that changes while it is uploaded is an error,
 * never a mixture of two versions.
 * @throws {RenderError} INVALID_REQUEST with field `path` when there is no such regular file, or it cannot be read.
 */
export async function fileSource(
  path: string,
  options: { readonly filename?: string | undefined } = {},
): Promise<UploadSource> {
  argument('path', TEXT)(path);
  optionsOf({ filename: TEXT })(options);
  const first = await look(path);
  if (!first.isFile()) throw unusable('The path names no regular file.', 'Pass the path of a file.');
  const version = versionOf(first);
  return {
    filename: options.filename ?? basename(path),
    size: first.size,
    version,
    async *read(start, end) {
      if (versionOf(await look(path)) !== version) {
        throw unusable('The file changed while it was being uploaded.', 'Upload it again when it is complete.');
      }
      if (end <= start) return;
      try {
        yield* createReadStream(path, { start, end: end - 1, highWaterMark: CHUNK_BYTES });
      } catch (error) {
        throw fileFault('The file could not be read', error);
      }
    },
  };
}

async function look(path: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (error) {
    throw fileFault('The file cannot be used', error);
  }
}

function unusable(message: string, remedy: string): RenderError {
  return new RenderError({ code: 'INVALID_REQUEST', message, field: 'path', remedy });
}

function versionOf({ size, mtimeMs }: { readonly size: number; readonly mtimeMs: number }): string {
  return `${size}-${mtimeMs}`;
}
