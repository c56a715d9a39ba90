import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

export type LinkCheck = 'valid' | 'expired' | 'invalid';

/** Tokens for download links: they name no secret, and stop working at a time. */
export interface LinkSigner {
  /** `expiresAt` is Unix milliseconds. */
  sign(subject: string, expiresAt: number): string;
  check(subject: string, token: string, now: number): LinkCheck;
}

export function createLinkSigner(secret: Buffer = randomBytes(32)): LinkSigner {
  const mac = (subject: string, expiry: string) =>
    createHmac('sha256', secret).update(`${expiry}.${subject}`).digest('base64url');
  return {
    sign(subject, expiresAt) {
      const expiry = expiresAt.toString(36);
      return `${expiry}.${mac(subject, expiry)}`;
    },
    check(subject, token, now) {
      const [expiry = '', given = ''] = token.split('.', 2);
      const expected = Buffer.from(mac(subject, expiry));
      const actual = Buffer.from(given);
      if (actual.length !== expected.length || !timingSafeEqual(actual, expected)) return 'invalid';
      return now < Number.parseInt(expiry, 36) ? 'valid' : 'expired';
    },
  };
}
