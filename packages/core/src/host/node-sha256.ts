import { createHash } from 'node:crypto';
import type { Sha256 } from '../ports/digest.ts';

/** A running SHA-256 sum on Node's own crypto. */
export function createNodeSha256(): Sha256 {
  const hash = createHash('sha256');
  return {
    update: (chunk) => void hash.update(chunk),
    hex: () => hash.copy().digest('hex'),
  };
}
