import { createHash } from 'node:crypto';
import { argument } from '../arguments/check-argument.ts';
import { BYTES } from '../arguments/rule.ts';
import type { Sha256 } from '../ports/digest.ts';

/** A running SHA-256 sum on Node's own crypto. */
export function createNodeSha256(): Sha256 {
  const hash = createHash('sha256');
  return {
    update(chunk) {
      argument('chunk', BYTES)(chunk);
      hash.update(chunk);
    },
    hex: () => hash.copy().digest('hex'),
  };
}
