import {
  type AccountLimits,
  closestWord,
  type RenderClient,
  type RenderClientOptions,
  RenderError,
  type RenderProvider,
} from '@renderq/core';
import { type AccountHandle, accountName } from '@renderq/dispatcher';
import type { Config } from './config.ts';
import type { FileStorage } from './files/file-storage.ts';
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
  /** The account as the dispatcher works it. Throws as `client` does. */
  handle(providerId: string): Promise<AccountHandle>;
  /** The base URL of the account without query or user, or undefined when it is no URL. Starts the sandbox if it is that. */
  baseUrl(providerId: string): Promise<string | undefined>;
  /** Whether a base URL is configured, used or not. */
  hasBaseUrl(providerId: string): boolean;
  /** What the settings say of the account's plan. */
  statedLimits(providerId: string): Partial<AccountLimits> | undefined;
  /** Where files of this machine go for the provider's jobs; undefined where it takes none. Throws as `client` does. */
  storage(providerId: string): Promise<FileStorage | undefined>;
  /** Whether files of this machine can be uploaded for the provider's jobs. */
  takesFiles(providerId: string): boolean;
  /** Origins of sandboxes that jobs are sent to: what those serve as media may be read at a private address. */
  sandboxOrigins(): readonly string[];
  /** The embedded sandbox, started at the first call. */
  sandbox(): Promise<LocalSandbox>;
  close(): Promise<void>;
}

export interface AccountsPorts {
  readonly providers: readonly RenderProvider[];
  readonly config: Config;
  /** Loads what is heavy (sockets, queues) only when a client is wanted. */
  readonly loadCreateClient: () => Promise<(options: RenderClientOptions) => RenderClient>;
  /** Opens the storage of a Rendobar account. */
  readonly openStorage: (account: { readonly apiKey: string; readonly baseUrl?: string }) => Promise<FileStorage>;
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

/** The one provider that documents uploads (Rendobar uploads page). */
const STORAGE_PROVIDER = 'rendobar';

const isOnLoopback = ({ hostname }: URL): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);

function showUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { origin, pathname } = new URL(text);
  return `${origin}${pathname === '/' ? '' : pathname}`;
}

/** Makes the accounts of a configuration. With no key at all, every provider is rehearsed on the sandbox. */
export function createAccounts(ports: AccountsPorts): Accounts {
  const { providers, config, loadCreateClient, openStorage, startSandbox, onOpened } = ports;
  const keyless = [...config.accounts.values()].every(({ apiKey }) => apiKey === undefined);
  let runningSandbox: LocalSandbox | undefined;
  const sandbox = once(async () => {
    runningSandbox = await startSandbox();
    return runningSandbox;
  });

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
    const { apiKey, baseUrl, limits } = settingsOf(provider.id);
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
      return createClient({ provider: provider.id, apiKey, ...(baseUrl && { baseUrl }), ...(limits && { limits }) });
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

  /** The sandbox lets jobs of both providers read what was uploaded to its stand-in for Rendobar's storage. */
  const sandboxStorage = once(async () => {
    const { accounts } = await sandbox.get();
    const account = accounts[STORAGE_PROVIDER];
    return account && openStorage(account);
  });

  const liveStorage = once(async () => {
    const { apiKey = '', baseUrl } = settingsOf(STORAGE_PROVIDER);
    return openStorage({ apiKey, ...(baseUrl && { baseUrl }) });
  });

  const clients = new Map(providers.map((provider) => [provider.id, once(() => open(provider))]));

  const takesFiles = (providerId: string): boolean => keyless || find(providerId).id === STORAGE_PROVIDER;

  const client = async (providerId: string): Promise<RenderClient> => {
    const provider = find(providerId);
    return (clients.get(provider.id) ?? once(() => open(provider))).get();
  };

  return {
    providers,
    provider: find,
    modeOf,
    client,
    async handle(providerId) {
      const opened = await client(providerId);
      const { id, defaultBaseUrl } = opened.provider;
      if (keyless) return { client: opened, id: `local-${id}`, isEphemeral: true };
      const { apiKey = '', baseUrl = defaultBaseUrl } = settingsOf(id);
      return { client: opened, id: accountName({ provider: id, apiKey, baseUrl }) };
    },
    async baseUrl(providerId) {
      const provider = find(providerId);
      if (keyless) return (await sandbox.get()).accounts[provider.id]?.baseUrl;
      return showUrl(settingsOf(provider.id).baseUrl ?? provider.defaultBaseUrl);
    },
    hasBaseUrl: (providerId) => settingsOf(providerId).baseUrl !== undefined,
    // The sandbox has a plan of its own.
    statedLimits: (providerId) => (modeOf(providerId) === 'live' ? settingsOf(providerId).limits : undefined),
    takesFiles,
    async storage(providerId) {
      if (!takesFiles(providerId)) return undefined;
      if (keyless) return sandboxStorage.get();
      // Opened first, for a missing key or a bad base URL is told in the same words everywhere.
      await client(providerId);
      return liveStorage.get();
    },
    sandboxOrigins() {
      const configured = [...config.accounts.values()].flatMap(({ apiKey, baseUrl }) =>
        apiKey !== undefined && baseUrl !== undefined ? [baseUrl] : [],
      );
      const own = Object.values(runningSandbox?.accounts ?? {}).map(({ baseUrl }) => baseUrl);
      const origins = [...configured, ...own].flatMap((url) => (URL.canParse(url) ? [new URL(url)] : []));
      return [...new Set(origins.filter(isOnLoopback).map(({ origin }) => origin))];
    },
    sandbox: sandbox.get,
    async close() {
      const running = await sandbox.begun()?.catch(() => undefined);
      await running?.close();
    },
  };
}
