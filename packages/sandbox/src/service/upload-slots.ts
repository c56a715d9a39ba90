import { createHash, type Hash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Bytes that have arrived for one slot. */
export interface ReceivedBytes {
  /** Never leaves the process. */
  readonly path: string;
  readonly sizeBytes: number;
  /** MD5 in quotes, as S3 answers it. */
  readonly etag: string;
  /** As the sender called them; undefined when it did not. */
  readonly contentType: string | undefined;
}

/** A place that one PUT fills. */
export interface UploadSlot {
  readonly id: string;
  readonly accountId: string;
  readonly maxBytes: number;
  readonly received: ReceivedBytes | undefined;
}

/** A whole file, put together from its slots. */
export interface StoredUpload {
  readonly path: string;
  readonly sizeBytes: number;
  /** SHA-256, hex. */
  readonly sha256: string;
}

export class UploadTooLarge extends Error {
  override readonly name = 'UploadTooLarge';
}

/** Nobody waits for these bytes any more. */
export class UploadClosed extends Error {
  override readonly name = 'UploadClosed';
}

export interface UploadSlots {
  /** `id` is the caller's: an asset and the number of a part. */
  open(id: string, accountId: string, maxBytes: number): void;
  get(slotId: string): UploadSlot | undefined;
  /** Stores what is sent; a second time replaces the first. Throws UploadTooLarge, UploadClosed, and what breaks the stream. */
  receive(
    slotId: string,
    body: ReadableStream<Uint8Array> | null,
    contentType: string | undefined,
  ): Promise<ReceivedBytes>;
  /** Joins the slots' bytes in their order and closes the slots. */
  join(slotIds: readonly string[]): Promise<StoredUpload>;
  /** Closes slots whose bytes nobody wants any more. */
  discard(slotIds: readonly string[]): Promise<void>;
}

/** Uploads on disk, streamed: memory stays flat. Files are named by number; no name of a caller reaches the disk. */
export function createUploadSlots(dataDir: string): UploadSlots {
  const folder = join(dataDir, 'uploads');
  const slots = new Map<string, UploadSlot>();

  const fresh = async () => {
    await mkdir(folder, { recursive: true });
    return join(folder, randomBytes(12).toString('hex'));
  };

  async function discard(slotIds: readonly string[]): Promise<void> {
    for (const slotId of slotIds) {
      const path = slots.get(slotId)?.received?.path;
      slots.delete(slotId);
      if (path !== undefined) await rm(path, { force: true });
    }
  }

  return {
    open(id, accountId, maxBytes) {
      slots.set(id, { id, accountId, maxBytes, received: undefined });
    },
    get: (slotId) => slots.get(slotId),
    async receive(slotId, body, contentType) {
      const slot = slots.get(slotId);
      if (!slot) throw new UploadClosed('The upload is complete, or was given up.');
      const path = await fresh();
      const md5 = createHash('md5');
      try {
        const sizeBytes = await writeCounted(body, path, slot.maxBytes, md5);
        const received: ReceivedBytes = { path, sizeBytes, etag: `"${md5.digest('hex')}"`, contentType };
        const current = slots.get(slotId);
        if (!current) throw new UploadClosed('The upload is complete, or was given up.');
        slots.set(slotId, { ...current, received });
        if (current.received) await rm(current.received.path, { force: true });
        return received;
      } catch (error) {
        await rm(path, { force: true });
        throw error;
      }
    },
    async join(slotIds) {
      const paths = slotIds.map((slotId) => slots.get(slotId)?.received?.path).filter((path) => path !== undefined);
      const target = await fresh();
      const sha256 = createHash('sha256');
      let sizeBytes = 0;
      async function* all() {
        for (const path of paths) {
          for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
            sha256.update(chunk);
            sizeBytes += chunk.length;
            yield chunk;
          }
        }
      }
      const partial = `${target}.part`;
      await pipeline(all(), createWriteStream(partial));
      await rename(partial, target);
      await discard(slotIds);
      return { path: target, sizeBytes, sha256: sha256.digest('hex') };
    },
    discard,
  };
}

async function writeCounted(
  body: ReadableStream<Uint8Array> | null,
  path: string,
  maxBytes: number,
  hash: Hash,
): Promise<number> {
  let size = 0;
  async function* counted(chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      size += chunk.byteLength;
      if (size > maxBytes) throw new UploadTooLarge('The bytes are more than were announced.');
      hash.update(chunk);
      yield chunk;
    }
  }
  const source = body ? Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]) : Readable.from([]);
  await pipeline(source, counted, createWriteStream(path));
  return size;
}
