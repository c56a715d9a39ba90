import { createHash } from 'node:crypto';

/**
 * What stands on every answer of the page. Scripts, styles and media come from this sandbox alone, text that a stranger
 * wrote can never become markup (Trusted Types), and no other site can frame the page or embed its media.
 */
const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "media-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/**
 * For what a stranger's job made: even opened by itself it may load nothing but itself and run nothing. The browser's own
 * player is such a page too; without its origin it would not be given the film.
 */
const OUTPUT_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox allow-same-origin",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** Answers with a text of the page, or with 304 where the caller has it already. */
export function answerText(request: Request, text: string, contentType: string): Response {
  const etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
  const headers = { ...PAGE_HEADERS, etag, 'cache-control': 'no-cache' };
  if (request.headers.get('if-none-match') === etag) return new Response(null, { status: 304, headers });
  return new Response(text, { headers: { ...headers, 'content-type': `${contentType}; charset=utf-8` } });
}

/** A finished file or a log, with the headers that keep it from being more than that. */
export function asOutput(answer: Response): Response {
  for (const [name, value] of Object.entries(OUTPUT_HEADERS)) answer.headers.set(name, value);
  return answer;
}

/** Says what is missing, to a script as well as to whoever follows a link that has died. */
export function answerMissing(what: string): Response {
  const error = { code: 'NOT_FOUND', message: what };
  return Response.json({ error }, { status: 404, headers: { ...PAGE_HEADERS } });
}
