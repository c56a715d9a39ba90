import type { Answer } from './answer.ts';
import type { Expectation } from './outcomes.ts';
import type { Step } from './server.ts';
import { type Operation, type Provider, SIGNED_URL } from './vendor.ts';

/** Who asks, and what the server may try to make of it. */
export interface Scene {
  readonly provider: Provider;
  readonly operation: Operation;
  readonly apiKey: string;
  /** Where this very call went. */
  readonly url: string;
  /** A second server, which must never hear of the call. */
  readonly otherOrigin: string;
  /** The answer that the vendor documents for this call. */
  readonly sound: Answer;
}

/** One way in which an answer goes wrong, and what the call must come to. */
export interface Scenario {
  readonly name: string;
  readonly answer: (scene: Scene) => readonly Step[];
  readonly outcome: Expectation;
  /** Bounds of the error's `retryAfterMs`, in milliseconds; null where it must tell none. */
  readonly retryAfterMs?: readonly [least: number, most: number] | null;
}

/** What a careless server writes into everything it says: the credential it was sent, and a signed link. */
export function echo({ apiKey }: Scene): string {
  return `Authorization: Bearer ${apiKey}; x-api-key=${apiKey} ${apiKey} at ${SIGNED_URL} ${disguises(apiKey).join(' ')}`;
}

/** A secret as it looks after a proxy, a logger or a malicious server had it in hand. */
export function disguises(secret: string): readonly string[] {
  const hex = (char: string, width: number) => char.charCodeAt(0).toString(16).padStart(width, '0');
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  return [
    encodeURIComponent(secret),
    secret.replaceAll(/./g, (char) => `%${hex(char, 2)}`),
    secret.replaceAll(/[a-z]/g, (char) => `\\u${hex(char, 4)}`),
    secret.replaceAll(/[^\w]/g, (char) => `&#x${hex(char, 2)};`),
    `${secret.slice(0, 5)}\u200b${secret.slice(5)}`,
    base64(`${secret}:`),
    base64(`Bearer ${secret}`),
    Buffer.from(secret).toString('hex'),
  ];
}
