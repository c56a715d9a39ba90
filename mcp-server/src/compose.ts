import { listProviders } from '@renderq/core';
import { systemClock } from '@renderq/core/clock';
import { createDispatcher, createSqliteStore } from '@renderq/dispatcher';
import { logAccount } from './account-log.ts';
import { createAccounts } from './accounts.ts';
import type { ServerParts } from './build-server.ts';
import type { Config } from './config.ts';
import { createLocalFiles } from './files/local-files.ts';
import { createLazyProber } from './files/media-prober.ts';
import { openRendobarStorage } from './files/rendobar-storage.ts';
import { createUploads } from './files/uploads.ts';
import { startLocalSandbox } from './local-sandbox.ts';
import { faultFields, type Logger } from './log.ts';
import { createSurface } from './surface.ts';

/** What any transport serves, and how it ends. */
export interface Composition {
  readonly parts: ServerParts;
  /** Stops following jobs, which go on at their providers, and closes the sandbox and the prober. */
  close(): Promise<void>;
}

/** Puts the server together. Opens no socket, reads no network and starts no process before a call needs it. */
export function composeServer(version: string, config: Config, log: Logger): Composition {
  const providers = listProviders();
  const clock = systemClock;
  const accounts = createAccounts({
    providers,
    config,
    loadCreateClient: async () => (await import('@renderq/core/node')).createNodeClient,
    openStorage: openRendobarStorage,
    startSandbox: startLocalSandbox,
    onOpened: (client) => logAccount(client, log),
  });
  const dispatcher = createDispatcher({
    accounts: accounts.handle,
    store: createSqliteStore({
      folder: config.home,
      onDamage: (fault) => log.error('store-damaged', faultFields(fault)),
    }),
    clock,
    onFault: (fault, jobId) => log.error('job-fault', { jobId, ...faultFields(fault) }),
  });
  const files = createLocalFiles(config.files);
  const uploads = createUploads({
    files,
    storageOf: accounts.storage,
    displayName: (provider) => accounts.provider(provider).displayName,
    clock,
  });
  const prober = createLazyProber(accounts.sandboxOrigins);
  const surface = createSurface({ accounts, dispatcher, clock, files, uploads, media: prober.get });
  return {
    parts: { version, surface, clock, log },
    async close() {
      await Promise.allSettled([dispatcher.close(), accounts.close(), prober.close()]);
    },
  };
}
