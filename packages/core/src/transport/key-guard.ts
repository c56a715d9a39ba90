import { withoutSecret } from '../errors/redact.ts';
import type { HttpResponse } from '../ports/http-transport.ts';

/** Plain data with the key taken out of every text in it, also where it stands as it would in a URL. */
export function withoutKey<T>(data: T, apiKey: string): T {
  const clean = (value: unknown): unknown => {
    if (typeof value === 'string') {
      return withoutSecret(withoutSecret(value, apiKey), encodeURIComponent(apiKey));
    }
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
