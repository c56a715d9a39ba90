import {
  closestWord,
  type RenderClient,
  type RenderClientOptions,
  RenderError,
  type RenderProvider,
} from '@renderq/core';
import type { Config } from './config.ts';
import type { LocalSandbox } from './local-sandbox.ts';

/** Where a provider's jobs go: its own service, the sandbox inside this process, or nowhere for want of a key. */
export type AccountMode = 'live' | 'sandbox' | 'not-configured';

/** The providers' accounts as this server is configured. Nothing is opened before it is needed. */
export interface Accounts {
  readonly providers: readonly RenderProvider[];
  /** Throws RenderError INVALID_REQUEST (field `provider`) for an id that is not registered, as all of these do. */
  provider(providerId: string): RenderProvider;
  modeOf(providerId: string): AccountMode;
  /** Throws RenderError: no key, bad base URL. */
  client(providerId: string): Promise<RenderClient>;
  /** The base URL of the account without query or user, or undefined when it is no URL. Starts the sandbox if it is that. */
  baseUrl(providerId: string): Promise<string | undefined>;
  /** Whether a base URL is configured, used or not. */
  hasBaseUrl(providerId: string): boolean;
  /** The embedded sandbox, started at the first call. */
  sandbox(): Promise<LocalSandbox>;
  close(): Promise<void>;
}

export interface AccountsPorts {
  readonly providers: readonly RenderProvider[];
  readonly config: Config;
  /** Loads what is heavy (sockets, queues) only when a client is wanted. */
  readonly loadCreateClient: () => Promise<(options: RenderClientOptions) => RenderClient>;
  readonly startSandbox: () => Promise<LocalSandbox>;
  /** Told of every account's client, once, before anything is asked of it. */
  readonly onOpened: (client: RenderClient) => void;
}

/** Remembers a success for good and forgets a failure, so that the next call tries again. */
function once<T>(make: () => Promise<T>): { get(): Promise<T>; begun(): Promise<T> | undefined } {
  let made: Promise<T> | undefined;
  return {
    get() {
      made ??= make().catch((fault: unknown) => {
        made = undefined;
        throw fault;
      });
      return made;
    },
    begun: () => made,
  };
}

function showUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { origin, pathname } = new URL(text);
  return `${origin}${pathname === '/' ? '' : pathname}`;
}

/** Makes the accounts of a configuration. With no key at all, every provider is rehearsed on the sandbox. */
export function createAccounts(ports: AccountsPorts): Accounts {
  const { providers, config, loadCreateClient, startSandbox, onOpened } = ports;
  const keyless = [...config.accounts.values()].every(({ apiKey }) => apiKey === undefined);
  const sandbox = once(startSandbox);

  function find(providerId: string): RenderProvider {
    const found = providers.find(({ id }) => id === providerId);
    if (found) return found;
    const ids = providers.map(({ id }) => id);
    const near = closestWord(providerId, ids);
    throw new RenderError({
      code: 'INVALID_REQUEST',
      message: `provider must be one of ${ids.join(', ')}.${near ? ` Did you mean '${near}'?` : ''}`,
      field: 'provider',
      remedy: 'Call list_providers to see the providers.',
    });
  }

  const settingsOf = (providerId: string) => config.accounts.get(providerId) ?? {};

  const modeOf = (providerId: string): AccountMode => {
    const { id } = find(providerId);
    if (keyless) return 'sandbox';
    return settingsOf(id).apiKey === undefined ? 'not-configured' : 'live';
  };

  async function make(provider: RenderProvider): Promise<RenderClient> {
    const { apiKey, baseUrl } = settingsOf(provider.id);
    if (keyless) {
      const { accounts } = await sandbox.get();
      const account = accounts[provider.id];
      if (account) return (await loadCreateClient())({ provider: provider.id, ...account });
    }
    if (apiKey === undefined) {
      throw new RenderError({
        code: 'UNAUTHENTICATED',
        message: `No API key for ${provider.displayName} is configured in this server.`,
        provider: provider.id,
      });
    }
    const createClient = await loadCreateClient();
    try {
      return createClient({ provider: provider.id, apiKey, ...(baseUrl && { baseUrl }) });
    } catch (fault) {
      // Which of the configured accounts is wrong, the library cannot know.
      throw RenderError.isInstance(fault) ? fault.with({ provider: provider.id }) : fault;
    }
  }

  async function open(provider: RenderProvider): Promise<RenderClient> {
    const client = await make(provider);
    onOpened(client);
    return client;
  }

  const clients = new Map(providers.map((provider) => [provider.id, once(() => open(provider))]));

  return {
    providers,
    provider: find,
    modeOf,
    async client(providerId) {
      const { id } = find(providerId);
      return (clients.get(id) ?? once(() => open(find(id)))).get();
    },
    async baseUrl(providerId) {
      const provider = find(providerId);
      if (keyless) return (await sandbox.get()).accounts[provider.id]?.baseUrl;
      return showUrl(settingsOf(provider.id).baseUrl ?? provider.defaultBaseUrl);
    },
    hasBaseUrl: (providerId) => settingsOf(providerId).baseUrl !== undefined,
    sandbox: sandbox.get,
    async close() {
      const running = await sandbox.begun()?.catch(() => undefined);
      await running?.close();
    },
  };
}
