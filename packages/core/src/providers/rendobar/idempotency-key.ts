import type { WireCall } from '../../contract/provider.ts';
import { asObject } from '../../decode/json-body.ts';
import type { RenderError } from '../../errors/render-error.ts';

/** No limit is documented; what most APIs take. */
const MAX_LENGTH = 255;
const MAX_READABLE = 200;

/**
 * The idempotency key of a caller's own reference, for example a row or an order: the same reference always gives the
 * same key. Plain references stay readable in the dashboard; others are shortened and told apart by a hash.
 */
export function keyOfReference(reference: string): string {
  const plain = reference.replaceAll(/[^\x21-\x7e]+/g, '_');
  if (plain === reference && reference.length <= MAX_READABLE) return `ref:${reference}`;
  return `ref:${plain.slice(0, 150)}#${hash(reference)}`;
}

/**
 * The submit under the key after a spent one. Rendobar binds a key for good, even to a job that never ran; such a key
 * answers 409 CONFLICT with `details.jobId` (its n8n client). Any other conflict stands.
 */
export function resubmitCall(refused: WireCall, refusal: RenderError, walked: number): WireCall | undefined {
  const body = asObject(refused.body);
  const key = body?.idempotencyKey;
  const { code, jobId, providerCode } = refusal.record;
  if (code !== 'CONFLICT' || providerCode?.toUpperCase() !== 'CONFLICT' || jobId === undefined) return undefined;
  if (typeof key !== 'string') return undefined;
  return { ...refused, body: { ...body, idempotencyKey: followingKey(key, walked + 2) } };
}

/** `key~2`, `key~3`, ... : whoever starts at the same key walks the same way. */
function followingKey(key: string, ordinal: number): string {
  const root = ordinal > 2 ? key.replace(/~\d+$/, '') : key;
  const suffix = `~${ordinal}`;
  if (root.length + suffix.length <= MAX_LENGTH) return `${root}${suffix}`;
  return `${root.slice(0, MAX_LENGTH - 40)}#${hash(root)}${suffix}`;
}

/** FNV-1a from two starting points, 128 bits: tells texts apart, protects nothing. */
function hash(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return [0xcbf29ce484222325n, 0x84222325cbf29ce4n]
    .map((start) => {
      let state = start;
      for (const byte of bytes) state = BigInt.asUintN(64, (state ^ BigInt(byte)) * 0x100000001b3n);
      return state.toString(36).padStart(13, '0');
    })
    .join('');
}
