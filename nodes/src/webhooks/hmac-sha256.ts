import { createHmac } from 'node:crypto';
import type { HmacSha256 } from '@renderq/core';

/** Core's HMAC port on Node's crypto, which n8n lets a community package import. */
export const hmacSha256: HmacSha256 = async (secret, message) =>
  new Uint8Array(createHmac('sha256', secret).update(message).digest());
