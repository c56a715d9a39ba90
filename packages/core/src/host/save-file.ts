import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { argument } from '../arguments/check-argument.ts';
import { type Rule, TEXT } from '../arguments/rule.ts';
import { fileFault, isFileFault } from './file-fault.ts';

const BODY: Rule = {
  accepts: (value) => typeof value === 'object' && value !== null && Symbol.asyncIterator in value,
  what: 'bytes that can be read one piece after the other',
  remedy: 'Pass the body of a download.',
};

/**
 * Writes bytes to a file as they come, with flat memory, and gives their number. The path holds the whole file or is
 * left as it was: a part that breaks off is removed.
 * @throws {RenderError} INVALID_REQUEST with field `path` (Node's own error is the cause) when the disk refuses; else what
 * reading the bytes threw.
 */
export async function saveFile(body: AsyncIterable<Uint8Array>, path: string): Promise<number> {
  argument('body', BODY)(body);
  argument('path', TEXT)(path);
  const part = `${path}.${randomUUID()}.part`;
  try {
    // Opened first: a file that is still being opened when the bytes break off would appear after it was removed.
    const sink = (await open(part, 'wx')).createWriteStream();
    await pipeline(body, sink);
    await rename(part, path);
    return sink.bytesWritten;
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined);
    throw isFileFault(error) ? fileFault('The file could not be written', error) : error;
  }
}
