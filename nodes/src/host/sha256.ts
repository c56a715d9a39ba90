import { createHash } from 'node:crypto';
import type { Sha256 } from '@renderq/core';

/** A running SHA-256 sum. */
export function createSha256(): Sha256 {
  const hash = createHash('sha256');
  return {
    update(chunk) {
      hash.update(chunk);
    },
    hex: () => hash.copy().digest('hex'),
  };
}

/** The SHA-256 of a text, in lower-case hex. */
export function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
