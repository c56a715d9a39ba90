import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import { listProviders } from '@renderq/core';
import { buildServer } from './build-server.ts';
import { composeServer } from './compose.ts';
import { readConfig } from './config.ts';
import { createLogger, faultFields } from './log.ts';
import { createStop } from './stop-signals.ts';

/** Bytes of one message: movies may carry small pictures inside; larger media goes by URL or upload. */
const LONGEST_MESSAGE = 10 * 1024 * 1024;

/**
 * Serves MCP on stdin and stdout until stdin ends or a signal comes, then closes the sandbox and exits.
 * Opens no socket, reads no network and starts no process before a call needs it: hosts start copies just to probe.
 */
export function serveOnStdio(version: string): void {
  const config = readConfig(listProviders());
  const log = createLogger(config.logLevel);
  const { parts, close } = composeServer(version, config, log);

  let isStopping = false;
  const stop = createStop(log, () => {
    isStopping = true;
    return Promise.allSettled([handle.close(), close()]);
  });
  process.stdin.once('end', () => stop('stdin ended'));
  process.stdin.once('close', () => stop('stdin closed'));
  // A client that is gone shows as a broken pipe: nobody is left to answer.
  process.stdout.once('error', () => stop('stdout closed'));

  let lastFault: unknown;
  const transport = new StdioServerTransport(process.stdin, process.stdout, { maxBufferSize: LONGEST_MESSAGE });
  const handle = serveStdio(() => buildServer(parts), {
    transport,
    onerror(fault) {
      lastFault = fault;
      log.info('protocol', faultFields(fault));
    },
  });
  // The SDK ends a connection whose message is too long and hears no more from stdin, not even its end: nobody would be
  // left to end a process that a sandbox keeps alive.
  const closed = transport.onclose;
  transport.onclose = () => {
    closed?.();
    if (isStopping || process.stdin.readableEnded) return;
    log.error('connection-broken', faultFields(lastFault));
    stop('connection broken');
  };
  log.info('ready', { version });
}
