import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { listProviders } from '@renderq/core';
import { buildServer } from './build-server.ts';
import { composeServer } from './compose.ts';
import { readConfig } from './config.ts';
import { createLogger, faultFields } from './log.ts';
import { createStop } from './stop-signals.ts';

/**
 * Serves MCP on stdin and stdout until stdin ends or a signal comes, then closes the sandbox and exits.
 * Opens no socket, reads no network and starts no process before a call needs it: hosts start copies just to probe.
 */
export function serveOnStdio(version: string): void {
  const config = readConfig(listProviders());
  const log = createLogger(config.logLevel);
  const { parts, close } = composeServer(version, config, log);

  const stop = createStop(log, () => Promise.allSettled([handle.close(), close()]));
  process.stdin.once('end', () => stop('stdin ended'));
  process.stdin.once('close', () => stop('stdin closed'));
  // A client that is gone shows as a broken pipe: nobody is left to answer.
  process.stdout.once('error', () => stop('stdout closed'));

  const handle = serveStdio(() => buildServer(parts), {
    onerror: (fault) => log.info('protocol', faultFields(fault)),
  });
  log.info('ready', { version });
}
