import { listProviders, RenderError } from '@renderq/core';
import { systemClock } from '@renderq/core/clock';
import { buildServer } from './build-server.ts';
import { httpCaller } from './caller.ts';
import type { HttpOptions } from './cli-options.ts';
import { composeServer } from './compose.ts';
import { readConfig } from './config.ts';
import { createAddressGuard, isLoopback } from './http/address-guard.ts';
import { readBearerTokens } from './http/bearer-tokens.ts';
import { createCallerLimits } from './http/caller-limits.ts';
import { createDualEraHandler } from './http/dual-era-handler.ts';
import { listenHttp } from './http/listen.ts';
import { createMcpEndpoint } from './http/mcp-endpoint.ts';
import { createLogger } from './log.ts';
import { createStop } from './stop-signals.ts';

/** Calls that are under way when the server stops have this long to be answered with what is known by then. */
const GRACE_MS = 5000;
const LONGEST_CLOSE_MS = GRACE_MS + 3000;

/**
 * Serves MCP over Streamable HTTP until a signal comes. Writes one JSON line with the address to stderr once it listens.
 * Throws RenderError INVALID_REQUEST for settings that make no sense (an address off this machine without a token among
 * them), and CONFLICT or FORBIDDEN where the port cannot be had.
 */
export async function serveOnHttp(version: string, { host, port, allowedHosts }: HttpOptions): Promise<void> {
  const config = readConfig(listProviders());
  const log = createLogger(config.logLevel);
  const tokens = readBearerTokens(config.httpToken);
  const guard = createAddressGuard(host, allowedHosts);
  if (!tokens.required && !isLoopback(host)) {
    throw new RenderError({
      code: 'INVALID_REQUEST',
      message: `Others could use this server at ${host}: it needs a token there.`,
      field: 'RENDERQ_HTTP_TOKEN',
      remedy: 'Set RENDERQ_HTTP_TOKEN to a random token of 16 characters or more, or leave --host out.',
    });
  }

  const { parts, close } = composeServer(version, config, log);
  const handler = createDualEraHandler(({ authInfo }) => {
    return buildServer(parts, httpCaller(authInfo?.clientId));
  }, log);
  const limits = createCallerLimits({ clock: systemClock });
  const endpoint = createMcpEndpoint({ handler, guard, tokens, limits, clock: systemClock, log });
  const listener = await listenHttp(endpoint, { host, port });

  createStop(
    log,
    async () => {
      // Waiting calls end with the job as it is when the dispatcher closes; the accounts go last, for the others.
      await listener.close(GRACE_MS, () => parts.surface.context.dispatcher.close());
      await close();
    },
    LONGEST_CLOSE_MS,
  );
  process.stderr.write(
    `${JSON.stringify({ time: new Date().toISOString(), level: 'info', event: 'listening', url: listener.url })}\n`,
  );
}
