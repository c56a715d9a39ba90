import { withoutNeedlessEscapes } from './bare-text.ts';
import { REDACTED, withoutKnownSecrets } from './known-secrets.ts';

export { withoutSecret } from './known-secrets.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal escapes in provider text are what this removes
const ESCAPE_SEQUENCES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g;
/** Takes no room on a screen, so that it could stand unseen inside a word, or reorders the text for a reader alone. */
const WITHOUT_WIDTH = /[\p{Cf}\p{Default_Ignorable_Code_Point}]+/gu;
const CONTROLS = /[\p{Cc}\u2028\u2029]+/gu;
/** Half of a surrogate pair is no character: encoders of logs stumble over it. */
const LONE_SURROGATES = /\p{Surrogate}/gu;
const HALF_PAIR = /[\ud800-\udbff]$/;

/** Longer than any secret in any encoding. */
const LONGEST_SECRET = 1024;

const SECRETS: readonly (readonly [RegExp, string])[] = [
  // A signed URL may carry its secret under any name, so no query of a URL survives; nor do credentials in it. The URL
  // may be one inside JSON or inside the query of another.
  [/(\b[a-z][a-z0-9+.-]{1,20}:(?:\\?\/){2}[^\s"'<>?#]+)\?[^\s"'<>]*/gi, `$1?${REDACTED}`],
  [/(\b[a-z][a-z0-9+.-]{1,20}:(?:\\?\/){2}[^\s"'<>?#]+)#[^\s"'<>=]*=[^\s"'<>]*/gi, `$1#${REDACTED}`],
  [/(\b[a-z][a-z0-9+.-]{1,20}%(?:25)*3a(?:%(?:25)*2f){2}[^\s"'<>]*?)%(?:25)*3f[^\s"'<>]*/gi, `$1?${REDACTED}`],
  [/(\b[a-z][a-z0-9+.-]{1,20}:(?:\\?\/){2})[^\s"'<>/@]+@/gi, `$1${REDACTED}@`],
  [/(\/(?:v|dl)\/[^\s/"'<>]+\/)[^\s/"'<>]{8,}(?=\/)/gi, `$1${REDACTED}`],
  // A query without its host.
  [/([?&][\w.~-]{1,60}=)[^\s&"'<>]{16,}/g, `$1${REDACTED}`],
  // Not the plain words "a bearer token" of a remedy.
  [/\b(bearer|basic)\s+(?!(?:tokens?|authentication|authorization)[.,;:)]?(?:\s|$))[\w.~+/=-]{6,}/gi, `$1 ${REDACTED}`],
  [
    /\b(x-amz-[a-z-]+|x-goog-[a-z-]+|token|access_token|api[-_]?key|x-api-key|authorization|cookie|sig|signature|secret|password)(\s*[=:]\s*)["']?[^\s&"',;<>]+/gi,
    `$1$2${REDACTED}`,
  ],
  [/\b(?:rb|ve_live|ve_test|whsec|cbsec)_[\w-]{6,}/g, REDACTED],
];

/**
 * Makes text that came from outside fit for an error: terminal escapes, control characters and all that hides in a text
 * are gone; every key that a client was made with, and whatever else looks like a key, a bearer token or a signed URL is
 * redacted; and it is at most `maxLength` characters long.
 */
export function cleanText(text: string, maxLength: number): string {
  // Bounded first as well, so that the work on a huge message is bounded too.
  const bound = maxLength * 4 + LONGEST_SECRET;
  const visible = String(text)
    .slice(0, bound)
    .replace(ESCAPE_SEQUENCES, '')
    .replace(WITHOUT_WIDTH, '')
    .replace(LONE_SURROGATES, '\ufffd');
  let clean = withoutKnownSecrets(withoutNeedlessEscapes(visible)).replace(CONTROLS, ' ');
  for (const [pattern, replacement] of SECRETS) clean = clean.replace(pattern, replacement);
  // Where the bound fell into the middle of a secret, the half that is left looks like nothing.
  if (text.length > bound) clean = withoutLastWord(clean);
  clean = clean.replace(/ {2,}/g, ' ').trim();
  return clean.length <= maxLength
    ? clean
    : `${clean
        .slice(0, maxLength - 1)
        .replace(HALF_PAIR, '')
        .trimEnd()}…`;
}

function withoutLastWord(text: string): string {
  const longest = Math.max(0, text.length - LONGEST_SECRET);
  return text.slice(0, Math.max(longest, text.lastIndexOf(' ') + 1));
}
