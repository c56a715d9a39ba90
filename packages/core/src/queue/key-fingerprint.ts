const OFFSET = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;

/**
 * A short name for a secret, to tell accounts apart in memory (FNV-1a, 64 bits). It is no protection: never store,
 * send or log it.
 */
export function keyFingerprint(secret: string): string {
  let hash = OFFSET;
  for (let index = 0; index < secret.length; index += 1) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(secret.charCodeAt(index))) * PRIME);
  }
  return hash.toString(36);
}
