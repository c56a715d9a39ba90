import { createAccountClient, openAccount } from '../../client.ts';
import type { CallOptions, RenderClient, RenderClientOptions } from '../../contract/client.ts';
import { type AccountRegistry, createAccountRegistry } from '../../queue/account-registry.ts';
import { createApiCaller } from '../api-caller.ts';
import { createAccountInfo, type RendobarAccount } from './account-info.ts';
import { createAssets, type RendobarAssets } from './assets.ts';
import { createCatalogue, type RendobarCatalogue } from './catalogue.ts';
import { createJobs, type RendobarJobs } from './jobs.ts';
import type { RendobarPorts } from './rendobar-ports.ts';
import { createStorage, type RendobarStorage } from './storage.ts';
import { type RendobarCommandCheck, validateCommand } from './validate-command.ts';
import { createWebhooks, type RendobarWebhooks } from './webhook-endpoints.ts';

export type RendobarClientOptions = Omit<RenderClientOptions, 'provider'>;

/** All of Rendobar's documented API over one account: its limits, its repeats and its typed errors hold for every call. */
export interface RendobarClient extends RenderClient {
  readonly jobs: RendobarJobs;
  readonly assets: RendobarAssets;
  readonly catalogue: RendobarCatalogue;
  readonly ffmpeg: {
    /** Checks an FFmpeg command without running it, free of charge. */
    validate(command: string, options?: CallOptions): Promise<RendobarCommandCheck>;
  };
  readonly storage: RendobarStorage;
  readonly account: RendobarAccount;
  readonly webhooks: RendobarWebhooks;
}

/**
 * A client of one Rendobar account. Pass the same registry to every client of a process, as for createRenderClient:
 * both kinds of client then share the account.
 * @throws {RenderError} INVALID_REQUEST (field `baseUrl` or `limits`) or UNAUTHENTICATED (field `apiKey`).
 */
export function createRendobarClient(
  options: RendobarClientOptions,
  ports: RendobarPorts,
  accounts: AccountRegistry = createAccountRegistry(),
): RendobarClient {
  const account = openAccount({ ...options, provider: 'rendobar' }, ports, accounts);
  const client = createAccountClient(account);
  const call = createApiCaller(account);
  return Object.freeze<RendobarClient>({
    ...client,
    jobs: createJobs(account, ports, call, client.wait),
    assets: createAssets(account, ports, call),
    catalogue: createCatalogue(ports.clock, call),
    ffmpeg: Object.freeze({ validate: (command: string, how?: CallOptions) => validateCommand(call, command, how) }),
    storage: createStorage(call),
    account: createAccountInfo(account, call),
    webhooks: createWebhooks(call),
  });
}
