import { createHmac, randomBytes } from 'node:crypto';

/** A secret that signs, and the one before it, which signs as well for a day after the rotation. */
export interface SigningSecret {
  readonly current: string;
  readonly previous?: string;
  /** Unix milliseconds. */
  readonly rotatedAt?: number;
}

/** Rendobar webhook guide: after a rotation both secrets sign for 24 hours; once in 24 hours. */
const ROTATION_MS = 24 * 3600_000;

export type SecretPrefix = 'whsec' | 'cbsec';

export function newSecret(prefix: SecretPrefix): SigningSecret {
  return { current: `${prefix}_${randomBytes(24).toString('base64url')}` };
}

export function rotated({ current }: SigningSecret, prefix: SecretPrefix, now: number): SigningSecret {
  return { ...newSecret(prefix), previous: current, rotatedAt: now };
}

/** Milliseconds until a secret may be rotated again; 0 when it may. */
export function rotationWait({ rotatedAt }: SigningSecret, now: number): number {
  return rotatedAt === undefined ? 0 : Math.max(0, rotatedAt + ROTATION_MS - now);
}

/** HMAC-SHA256 of `timestamp.body`, hex; the timestamp is in seconds. Without a secret only the time is told. */
export function signatureHeaders(
  secret: SigningSecret | undefined,
  body: string,
  now: number,
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(now / 1000));
  if (!secret) return { 'x-rendobar-timestamp': timestamp };
  const sign = (key: string) => `sha256=${createHmac('sha256', key).update(`${timestamp}.${body}`).digest('hex')}`;
  const { current, previous } = secret;
  const hasPrevious = previous !== undefined && rotationWait(secret, now) > 0;
  return {
    'x-rendobar-timestamp': timestamp,
    'x-rendobar-signature': sign(current),
    ...(hasPrevious ? { 'x-rendobar-signature-previous': sign(previous) } : {}),
  };
}
