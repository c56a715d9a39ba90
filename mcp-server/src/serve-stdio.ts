import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { listProviders } from '@renderq/core';
import { createDispatcher, createMemoryStore } from '@renderq/dispatcher';
import { logAccount } from './account-log.ts';
import { createAccounts } from './accounts.ts';
import { buildServer } from './build-server.ts';
import { readConfig } from './config.ts';
import { startLocalSandbox } from './local-sandbox.ts';
import { createLogger, faultFields } from './log.ts';
import { systemClock } from './system-clock.ts';
import { createTools } from './tools/index.ts';

/** A sandbox that hangs while it closes must not keep the process alive. */
const LONGEST_CLOSE_MS = 2000;

/**
 * Serves MCP on stdin and stdout until stdin ends or a signal comes, then closes the sandbox and exits.
 * Opens no socket, reads no network and starts no process before a call needs it: hosts start copies just to probe.
 */
export function serveOnStdio(version: string): void {
  const providers = listProviders();
  const config = readConfig(providers);
  const log = createLogger(config.logLevel);
  const accounts = createAccounts({
    providers,
    config,
    loadCreateClient: async () => (await import('@renderq/core/node')).createNodeClient,
    startSandbox: startLocalSandbox,
    onOpened: (client) => logAccount(client, log),
  });
  const dispatcher = createDispatcher({
    clients: accounts.client,
    store: createMemoryStore(),
    clock: systemClock,
    onFault: (fault, jobId) => log.error('job-fault', { jobId, ...faultFields(fault) }),
  });
  const tools = createTools({ accounts, dispatcher });

  let closing = false;
  const close = (reason: string): void => {
    if (closing) return;
    closing = true;
    log.info('closing', { reason });
    const limit = systemClock.sleep(LONGEST_CLOSE_MS);
    Promise.race([Promise.allSettled([handle.close(), dispatcher.close(), accounts.close()]), limit]).finally(() =>
      process.exit(0),
    );
  };

  process.stdin.once('end', () => close('stdin ended'));
  process.stdin.once('close', () => close('stdin closed'));
  // A client that is gone shows as a broken pipe: nobody is left to answer.
  process.stdout.once('error', () => close('stdout closed'));
  process.once('SIGINT', () => close('SIGINT'));
  process.once('SIGTERM', () => close('SIGTERM'));
  process.on('unhandledRejection', (fault) => log.error('unhandled-rejection', faultFields(fault)));

  const handle = serveStdio(() => buildServer({ version, tools, clock: systemClock, log }), {
    onerror: (fault) => log.info('protocol', faultFields(fault)),
  });
  log.info('ready', { version });
}
