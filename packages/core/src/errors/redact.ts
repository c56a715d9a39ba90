const REDACTED = '[redacted]';

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal escapes in provider text are what this removes
const ESCAPE_SEQUENCES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g;
/** Control characters, and the invisible ones that reorder or hide text from a reader but not from a model. */
const INVISIBLE = /[\p{Cc}\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/gu;

const SECRETS: readonly (readonly [RegExp, string])[] = [
  // A signed URL may carry its secret under any name, so no query of a URL survives; nor do credentials in it.
  [/(\bhttps?:\/\/[^\s"'<>?#]+)\?[^\s"'<>]*/gi, `$1?${REDACTED}`],
  [/(\bhttps?:\/\/)[^\s"'<>/@]+@/gi, `$1${REDACTED}@`],
  [/(\/(?:v|dl)\/[^\s/"'<>]+\/)[^\s/"'<>]{8,}(?=\/)/gi, `$1${REDACTED}`],
  [
    /\b(x-amz-[a-z-]+|x-goog-[a-z-]+|token|access_token|api[-_]?key|x-api-key|sig|signature|secret|password)(\s*[=:]\s*)["']?[^\s&"',;<>]+/gi,
    `$1$2${REDACTED}`,
  ],
  // Not the plain words "a bearer token" of a remedy.
  [/\b(bearer|basic)\s+(?!(?:tokens?|authentication|authorization)[.,;:)]?(?:\s|$))[\w.~+/=-]{6,}/gi, `$1 ${REDACTED}`],
  [/\b(?:rb|ve_live|ve_test|whsec|cbsec)_[\w-]{6,}/g, REDACTED],
];

/**
 * Makes text that came from outside fit for an error: terminal escapes and control characters are gone, whatever looks
 * like a key, a bearer token or a signed URL is redacted, and it is at most `maxLength` characters long.
 */
export function cleanText(text: string, maxLength: number): string {
  // Bounded first as well, so that the work on a huge message is bounded too.
  let clean = text
    .slice(0, maxLength * 4)
    .replace(ESCAPE_SEQUENCES, '')
    .replace(INVISIBLE, ' ');
  for (const [pattern, replacement] of SECRETS) clean = clean.replace(pattern, replacement);
  clean = clean.replace(/ {2,}/g, ' ').trim();
  return clean.length <= maxLength ? clean : `${clean.slice(0, maxLength - 1).trimEnd()}…`;
}

/** Removes a secret that is known literally. Very short ones are left: they would tear innocent words. */
export function withoutSecret(text: string, secret: string): string {
  return secret.length < 8 ? text : text.replaceAll(secret, REDACTED);
}
