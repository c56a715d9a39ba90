import type { McpHttpHandler } from '@modelcontextprotocol/server';
import { type Clock, RenderError } from '@renderq/core';
import { LOCAL_PRINCIPAL } from '@renderq/dispatcher';
import type { Logger } from '../log.ts';
import type { AddressGuard } from './address-guard.ts';
import type { BearerTokens } from './bearer-tokens.ts';
import type { CallerLimits } from './caller-limits.ts';
import { refusal } from './refusal.ts';
import { createRequestsUnderWay, whenAnswered } from './requests-under-way.ts';

export interface McpEndpointOptions {
  /** Speaks MCP. Finds the principal of a request in `authInfo.clientId`; the token it never sees. */
  readonly handler: Pick<McpHttpHandler, 'fetch' | 'close'>;
  readonly guard: AddressGuard;
  readonly tokens: BearerTokens;
  readonly limits: CallerLimits;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The web side of the server, apart from sockets: one request in, one answer out. */
export interface McpEndpoint {
  fetch(request: Request): Promise<Response>;
  /** From now on refuses what comes (503) and, by `/healthz`, tells balancers so. */
  drain(): void;
  /** Resolves when no call is under way; subscriptions, which end only by {@link McpEndpoint.close}, do not count. */
  idle(): Promise<void>;
  /** Ends subscriptions and whatever is still under way. */
  close(): Promise<void>;
}

/** Names under which clients put secrets into URLs, where proxies and histories keep them. */
const SECRET_IN_QUERY = /^(access_?token|api_?key|auth|authorization|bearer|key|token)$/i;

const CHALLENGE = 'Bearer realm="renderq"';

function unauthenticated(message: string, challenge = CHALLENGE): Response {
  const error = new RenderError({
    code: 'UNAUTHENTICATED',
    message,
    field: 'Authorization',
    remedy: 'Send the header "Authorization: Bearer <token>" with a token of this server.',
  });
  return refusal(401, error, { 'www-authenticate': challenge });
}

function limited(limit: 'rate' | 'concurrency', retryAfterMs: number): Response {
  const isRate = limit === 'rate';
  const error = new RenderError({
    code: isRate ? 'RATE_LIMITED' : 'CONCURRENCY_LIMITED',
    message: isRate ? 'Too many requests to this server.' : 'Too many requests to this server are under way at once.',
    remedy: isRate ? 'Wait as long as retryAfterMs says.' : 'Wait for an answer before the next request.',
    retryable: true,
    retryAfterMs,
  });
  return refusal(429, error);
}

/** The principal of a request, or the answer to one that has none. */
function identify(request: Request, query: URLSearchParams, tokens: BearerTokens): string | Response {
  if ([...query.keys()].some((name) => SECRET_IN_QUERY.test(name))) {
    // Refused even where no token is needed: whoever does this leaks it on every way here.
    return refusal(
      400,
      new RenderError({
        code: 'INVALID_REQUEST',
        message: 'A token must not stand in the URL.',
        field: 'Authorization',
        remedy: 'Send it as the header "Authorization: Bearer <token>", and replace the one that was sent.',
      }),
    );
  }
  // Whoever gets here without having to say who it is counts as the one user of a stdio server.
  if (!tokens.required) return LOCAL_PRINCIPAL;
  const header = request.headers.get('authorization');
  if (header === null) return unauthenticated('This server asks for a bearer token.');
  const token = /^Bearer +(\S+) *$/i.exec(header)?.[1];
  const principal = token === undefined ? undefined : tokens.principalOf(token);
  return (
    principal ?? unauthenticated('The bearer token is not one of this server.', `${CHALLENGE}, error="invalid_token"`)
  );
}

/** Puts MCP at `/mcp`, behind guards, tokens and limits, and a bare sign of life at `/healthz`. */
export function createMcpEndpoint({ handler, guard, tokens, limits, clock, log }: McpEndpointOptions): McpEndpoint {
  const underWay = createRequestsUnderWay();
  let isDraining = false;

  async function answer(request: Request, principal: string): Promise<Response> {
    const entrance = limits.enter(principal);
    if (!entrance.admitted) {
      log.warn('http-limited', { principal, limit: entrance.limit });
      return limited(entrance.limit, entrance.retryAfterMs);
    }
    // Lasts until the client goes: it must not hold up a server that stops.
    const isSubscription = request.headers.get('mcp-method') === 'subscriptions/listen';
    const done = isSubscription ? () => undefined : underWay.begin();
    const leave = (): void => {
      entrance.leave();
      done();
    };
    const startedAt = clock.now();
    try {
      // The token stays here: what answers the request needs to know who sent it, not how that was proven.
      const response = await handler.fetch(request, { authInfo: { token: '', clientId: principal, scopes: [] } });
      log.debug('http', { principal, status: response.status, ms: clock.now() - startedAt });
      return whenAnswered(response, leave);
    } catch (fault) {
      leave();
      throw fault;
    }
  }

  return {
    async fetch(request) {
      const { pathname, searchParams } = new URL(request.url);
      if (pathname === '/healthz') {
        return new Response(isDraining ? 'stopping\n' : 'ok\n', { status: isDraining ? 503 : 200 });
      }
      const refused = guard.refusal(request.headers);
      if (refused !== undefined) {
        log.warn('http-refused', { reason: refused });
        return refusal(403, new RenderError({ code: 'FORBIDDEN', message: refused, remedy: 'See --allowed-host.' }));
      }
      if (pathname !== '/mcp') {
        return refusal(
          404,
          new RenderError({ code: 'NOT_FOUND', message: 'Nothing is served here.', remedy: 'Use /mcp.' }),
        );
      }
      if (isDraining) {
        const error = new RenderError({
          code: 'NETWORK',
          message: 'This server is stopping.',
          remedy: 'Try again; the jobs it accepted are kept.',
          retryable: true,
          retryAfterMs: 5000,
        });
        return refusal(503, error, { connection: 'close' });
      }
      const principal = identify(request, searchParams, tokens);
      if (typeof principal === 'string') return answer(request, principal);
      log.warn('http-refused', { reason: 'no valid token', status: principal.status });
      return principal;
    },
    drain() {
      isDraining = true;
    },
    idle: underWay.idle,
    close: () => handler.close(),
  };
}
