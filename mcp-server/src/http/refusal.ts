import type { RenderError } from '@renderq/core';

/** What the SDK's own guards answer with when a request never reaches a server. */
const REFUSED = -32000;

/**
 * The answer to a request that is refused before its body is read, so that its id is not known: a JSON-RPC error whose data
 * holds the same error object as a tool's answer. RATE_LIMITED and CONCURRENCY_LIMITED carry their delay as `Retry-After` too.
 */
export function refusal(status: number, error: RenderError, headers: Readonly<Record<string, string>> = {}): Response {
  const { retryAfterMs } = error.record;
  const body = { jsonrpc: '2.0', id: null, error: { code: REFUSED, message: error.message, data: { error } } };
  return Response.json(body, {
    status,
    headers: {
      ...headers,
      'cache-control': 'no-store',
      ...(retryAfterMs !== undefined && { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) }),
    },
  });
}
