import type { HmacSha256 } from '../ports/digest.ts';

/** More of them than a rotation needs are not looked at, so that a forger cannot make us work. */
const MAX_SIGNATURES = 4;

export interface SignatureInput {
  readonly hmac: HmacSha256;
  /** The secret in force, and the one before it during a rotation. */
  readonly secrets: readonly string[];
  readonly message: Uint8Array;
  /** `sha256=<hex>` or the hex alone. */
  readonly signatures: readonly string[];
}

/** Whether any of the signatures is the message's under any of the secrets. Takes the same time whichever it is. */
export async function verifySignature({ hmac, secrets, message, signatures }: SignatureInput): Promise<boolean> {
  const given = signatures.slice(0, MAX_SIGNATURES).map(readHex);
  let isValid = false;
  for (const secret of secrets) {
    const expected = await hmac(secret, message);
    for (const signature of given) isValid = isEqual(expected, signature) || isValid;
  }
  return isValid;
}

/** The 32 bytes of a signature; undefined where it cannot be one, which is no secret. */
function readHex(signature: string): Uint8Array | undefined {
  const hex = /^(?:sha256=)?([0-9a-f]{64})$/i.exec(signature.trim())?.[1];
  return hex === undefined
    ? undefined
    : Uint8Array.from({ length: 32 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}

/** Looks at every byte, whether or not one before differed. */
function isEqual(expected: Uint8Array, signature: Uint8Array | undefined): boolean {
  if (signature === undefined || signature.length !== expected.length) return false;
  let difference = 0;
  for (const [index, byte] of expected.entries()) difference |= byte ^ (signature[index] ?? 0);
  return difference === 0;
}
