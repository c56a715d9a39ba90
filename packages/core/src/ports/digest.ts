/** A running SHA-256 sum. */
export interface Sha256 {
  update(chunk: Uint8Array): void;
  /** The sum so far, in lower-case hex. */
  hex(): string;
}

/** The HMAC-SHA256 of a message under a secret, 32 bytes. */
export type HmacSha256 = (secret: string, message: Uint8Array) => Promise<Uint8Array>;
