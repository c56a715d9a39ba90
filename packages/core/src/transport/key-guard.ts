import { withoutSecret } from '../errors/redact.ts';
import { RenderError } from '../errors/render-error.ts';
import type { HttpResponse } from '../ports/http-transport.ts';

/** Plain data with the key taken out of every text in it, also where it is escaped or encoded. */
export function withoutKey<T>(data: T, apiKey: string): T {
  const clean = (value: unknown): unknown => {
    if (typeof value === 'string') return withoutSecret(value, apiKey);
    if (Array.isArray(value)) return value.map(clean);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, clean(inner)]));
  };
  return clean(data) as T;
}

/** An answer as if the server had not repeated the key: in the body, as a request id, or anywhere else. */
export function withoutKeyIn(response: HttpResponse, apiKey: string): HttpResponse {
  return { ...response, headers: withoutKey(response.headers, apiKey), body: withoutKey(response.body, apiKey) };
}

/** A link of the provider, and what the API is told to know us by. */
export interface ForeignLink {
  readonly provider: { readonly id: string };
  readonly url: string;
  /** Headers that authenticate a request to a URL; none for a host that is not the provider's own API. */
  readonly authorize: (url: string) => Readonly<Record<string, string>>;
  /** The API's base URL. */
  readonly home: string;
}

/**
 * Refuses a link that would carry the key to somebody else: in its query, its path or anywhere in it, however it is
 * written there. A server that can have us followed anywhere must not learn from it what to send us with.
 * @throws {RenderError} BAD_RESPONSE; also for what is no http(s) URL.
 */
export function checkLink({ provider, url, authorize, home }: ForeignLink): void {
  const isHttp = URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
  if (!isHttp) throw badLink(provider.id, 'is no http(s) URL');
  if (Object.keys(authorize(url)).length > 0) return;
  // "Bearer <key>", or the key alone.
  const keys = Object.values(authorize(home)).map((value) => value.slice(value.lastIndexOf(' ') + 1));
  const { href } = new URL(url);
  if (keys.some((key) => withoutSecret(href, key) !== href)) {
    throw badLink(provider.id, 'would take the API key to another host');
  }
}

/** BAD_RESPONSE: the provider gave a link that is not followed. */
export function badLink(provider: string, what: string): RenderError {
  return new RenderError({
    code: 'BAD_RESPONSE',
    message: `The link ${what}.`,
    provider,
    remedy: 'Ask the provider for a fresh link; if it persists, report it to the provider.',
  });
}
