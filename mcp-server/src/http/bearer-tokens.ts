import { createHash, timingSafeEqual } from 'node:crypto';
import { RenderError } from '@renderq/core';

/** Whoever sends a token that stands alone, without a name. */
export const UNNAMED_PRINCIPAL = 'default';

const SHORTEST = 16;
/** RFC 6750 section 2.1: what a bearer token may be made of. It holds neither `:` nor `,`, which part our entries. */
const TOKEN = /^[\w.~+/-]+=*$/;
const NAME = /^[\w.-]{1,64}$/;
const SETTING = 'RENDERQ_HTTP_TOKEN';

/** Who may call, known by bearer token. Holds digests only. */
export interface BearerTokens {
  /** False when no token is set: then everybody who gets this far may call. */
  readonly required: boolean;
  /** The principal of a token, or undefined. Takes the same time wherever a wrong token differs from a right one. */
  principalOf(token: string): string | undefined;
}

interface Entry {
  readonly principal: string;
  readonly digest: Buffer;
}

const digestOf = (token: string): Buffer => createHash('sha256').update(token).digest();

/** Never quotes the setting: it holds secrets. */
function refuse(place: string, problem: string, remedy: string): RenderError {
  return new RenderError({
    code: 'INVALID_REQUEST',
    message: `${SETTING}: ${place} ${problem}.`,
    field: SETTING,
    remedy,
  });
}

function readEntry(text: string, place: string, isAlone: boolean): Entry {
  const colon = text.indexOf(':');
  if (colon < 0 && !isAlone) {
    throw refuse(place, 'has no name', 'Write several tokens as name:token pairs with commas between them.');
  }
  const principal = colon < 0 ? UNNAMED_PRINCIPAL : text.slice(0, colon).trim();
  const token = text.slice(colon + 1).trim();
  if (!NAME.test(principal)) {
    throw refuse(
      place,
      'has a name that cannot be used',
      'Name it with 1 to 64 letters, digits, dots, dashes or underscores.',
    );
  }
  if (token.length < SHORTEST) {
    throw refuse(
      place,
      `is shorter than ${SHORTEST} characters`,
      'Make a long random one, for example: openssl rand -hex 32.',
    );
  }
  if (!TOKEN.test(token)) {
    throw refuse(place, 'holds characters that no bearer token may hold', 'Use letters, digits and - . _ ~ + / only.');
  }
  return { principal, digest: digestOf(token) };
}

/**
 * Reads the tokens of a setting: one token, or `name:token` pairs with commas between them. A name may come twice, so that a
 * token can be replaced while the old one still works. Throws RenderError INVALID_REQUEST (field RENDERQ_HTTP_TOKEN) for
 * a token under 16 characters, one given to two names, or what is no pair; the message never holds a token.
 */
export function readBearerTokens(setting: string | undefined): BearerTokens {
  const texts = (setting ?? '').split(',').map((text) => text.trim());
  const entries =
    setting === undefined
      ? []
      : texts.map((text, index) =>
          readEntry(text, texts.length === 1 ? 'the token' : `entry ${index + 1}`, texts.length === 1),
        );
  const owners = new Map<string, string>();
  for (const { principal, digest } of entries) {
    const hex = digest.toString('hex');
    const owner = owners.get(hex) ?? principal;
    if (owner !== principal) {
      throw refuse(
        `${owner} and ${principal}`,
        'have the same token',
        'Give each its own, so that their jobs stay apart.',
      );
    }
    owners.set(hex, principal);
  }
  return {
    required: entries.length > 0,
    principalOf(token) {
      const digest = digestOf(token);
      let found: string | undefined;
      // Every entry is compared, and digests instead of tokens, so that the time taken tells nothing of either.
      for (const entry of entries) if (timingSafeEqual(entry.digest, digest)) found = entry.principal;
      return found;
    },
  };
}
