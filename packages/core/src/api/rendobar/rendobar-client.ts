import { callOptions } from '../../arguments/call-options.ts';
import { argument } from '../../arguments/check-argument.ts';
import { accountRegistry, clientOptions } from '../../arguments/client-options.ts';
import { guard } from '../../arguments/guard.ts';
import { TEXT } from '../../arguments/rule.ts';
import { createAccountClient, openAccount } from '../../client.ts';
import type { CallOptions, RenderClient, RenderClientOptions } from '../../contract/client.ts';
import { type AccountRegistry, createAccountRegistry } from '../../queue/account-registry.ts';
import { createApiCaller } from '../api-caller.ts';
import { createAccountInfo, type RendobarAccount } from './account-info.ts';
import { createAssets, type RendobarAssets } from './assets.ts';
import { createCatalogue, type RendobarCatalogue } from './catalogue.ts';
import { checkedAssets, checkedStorage } from './checked-files.ts';
import { createJobs, type RendobarJobs } from './jobs.ts';
import { asOrganization, checkOrgId, registryOf } from './org-account.ts';
import type { RendobarPorts } from './rendobar-ports.ts';
import { createStorage, type RendobarStorage } from './storage.ts';
import { type RendobarCommandCheck, validateCommand } from './validate-command.ts';
import { createWebhooks, type RendobarWebhooks } from './webhook-endpoints.ts';

export interface RendobarClientOptions extends Omit<RenderClientOptions, 'provider'> {
  /**
   * The organization to act for (`X-Org-Id`), where a credential has more than one. Default: the credential's own. Each
   * organization has limits and a queue of its own.
   */
  readonly orgId?: string | undefined;
}

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
 * @throws {RenderError} INVALID_REQUEST (field `options`, `baseUrl`, `limits`, `timeoutMs`, `orgId` or `ports`) or
 * UNAUTHENTICATED (field `apiKey`).
 */
export function createRendobarClient(
  options: RendobarClientOptions,
  ports: RendobarPorts,
  accounts: AccountRegistry = createAccountRegistry(),
): RendobarClient {
  clientOptions(options);
  accountRegistry(accounts);
  const { orgId: givenOrg, ...given } = options;
  const orgId = checkOrgId(givenOrg);
  const account = openAccount({ ...given, provider: 'rendobar' }, ports, registryOf(accounts, orgId), (provider) =>
    asOrganization(provider, orgId),
  );
  const client = createAccountClient(account);
  const call = createApiCaller(account);
  return Object.freeze<RendobarClient>({
    ...client,
    jobs: createJobs(account, ports, call, client.wait),
    assets: checkedAssets(createAssets(account, ports, call)),
    catalogue: createCatalogue(ports.clock, call),
    ffmpeg: guard(
      { validate: (command: string, how?: CallOptions) => validateCommand(call, command, how) },
      { validate: [argument('command', TEXT), callOptions] },
    ),
    storage: checkedStorage(createStorage(call)),
    account: createAccountInfo(account, call),
    webhooks: createWebhooks(call),
  });
}
