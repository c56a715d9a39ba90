import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** AES-256-GCM: a key of 32 bytes and a nonce of 12. */
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const PURPOSE = 'renderq webhook signing secret';

/** A secret that only the holder of the credential's API key can open: salt, text and tag in hex. */
export interface SealedSecret {
  readonly salt: string;
  readonly text: string;
  readonly tag: string;
}

/**
 * Seals the signing secret of a webhook endpoint. Rendobar shows it once, to the call that registers the endpoint, and n8n
 * keeps what a trigger must remember in clear; whoever has the API key could register an endpoint of his own anyway.
 */
export function sealSecret(secret: string, apiKey: string): SealedSecret {
  const salt = randomBytes(16).toString('hex');
  const { key, nonce } = deriveKey(apiKey, salt);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const text = cipher.update(secret, 'utf8', 'hex') + cipher.final('hex');
  return { salt, text, tag: cipher.getAuthTag().toString('hex') };
}

/** The secret, or undefined for what was sealed with another key, or is nothing sealed at all. */
export function openSecret(sealed: unknown, apiKey: string): string | undefined {
  if (!isSealed(sealed)) return undefined;
  try {
    const { key, nonce } = deriveKey(apiKey, sealed.salt);
    const decipher = createDecipheriv('aes-256-gcm', key, nonce);
    decipher.setAuthTag(Uint8Array.from(sealed.tag.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16)));
    return decipher.update(sealed.text, 'hex', 'utf8') + decipher.final('utf8');
  } catch {
    return undefined;
  }
}

/** A new salt for each secret, and with it a new key and nonce: no pair of them is ever used twice. */
function deriveKey(apiKey: string, salt: string) {
  const bytes = new Uint8Array(hkdfSync('sha256', apiKey, salt, PURPOSE, KEY_BYTES + NONCE_BYTES));
  return { key: bytes.subarray(0, KEY_BYTES), nonce: bytes.subarray(KEY_BYTES) };
}

function isSealed(value: unknown): value is SealedSecret {
  if (typeof value !== 'object' || value === null) return false;
  const { salt, text, tag } = value as Partial<Record<keyof SealedSecret, unknown>>;
  return typeof salt === 'string' && typeof text === 'string' && typeof tag === 'string';
}
