import { argument } from '../arguments/check-argument.ts';
import { BYTES, TEXT } from '../arguments/rule.ts';
import type { HmacSha256 } from '../ports/digest.ts';

const ALGORITHM = { name: 'HMAC', hash: 'SHA-256' } as const;

/** HMAC-SHA256 on the platform's own Web Crypto. */
export const webCryptoHmac: HmacSha256 = async (secret, message) => {
  argument('secret', TEXT)(secret);
  argument('message', BYTES)(message);
  const { subtle } = globalThis.crypto;
  const key = await subtle.importKey('raw', new TextEncoder().encode(secret), ALGORITHM, false, ['sign']);
  return new Uint8Array(await subtle.sign('HMAC', key, Uint8Array.from(message)));
};
