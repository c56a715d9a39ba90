import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

/**
 * Writes bytes to a file as they come, with flat memory, and gives their number. The path holds the whole file or is
 * left as it was: a part that breaks off is removed.
 */
export async function saveFile(body: AsyncIterable<Uint8Array>, path: string): Promise<number> {
  const part = `${path}.${randomUUID()}.part`;
  const file = createWriteStream(part, { flags: 'wx' });
  try {
    await pipeline(body, file);
    await rename(part, path);
    return file.bytesWritten;
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}
