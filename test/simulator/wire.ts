/** A request as it comes over the wire. `path` begins behind the base URL and holds the query. */
export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: string | undefined;
}

export interface WireAnswer {
  readonly status: number;
  /** Lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a client gets to see: an answer, a broken connection, or nothing at all. */
export type Outcome =
  | ({ readonly kind: 'answer' } & WireAnswer)
  | { readonly kind: 'reset' }
  | { readonly kind: 'silence' };

export const reset: Outcome = Object.freeze({ kind: 'reset' });
export const silence: Outcome = Object.freeze({ kind: 'silence' });

export type RequestKind = 'submit' | 'list' | 'get' | 'cancel' | 'schema' | 'account' | 'webhooks' | 'unknown';

export function jsonAnswer(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): WireAnswer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

/** What a request carries so that its job's true item is known: `[item 17]` anywhere in its body. */
export function itemTag(item: number): string {
  return `[item ${item}]`;
}

/** The item of a request's body; undefined where it carries none. */
export function itemIn(body: string): number | undefined {
  const found = /\[item (\d+)\]/.exec(body);
  return found === null ? undefined : Number(found[1]);
}
