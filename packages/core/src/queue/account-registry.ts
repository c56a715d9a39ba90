import type { ClientPorts } from '../contract/client.ts';
import type { AccountLimits } from '../contract/provider.ts';
import type { Endpoint } from '../transport/exchange.ts';
import { type Account, createAccount } from './account.ts';
import { keyFingerprint } from './key-fingerprint.ts';

/** The accounts that the clients of a process share. One per provider, base URL and API key. */
export interface AccountRegistry {
  /**
   * The account, made with these ports when it is new. The newest endpoint carries its calls from now on: a host may
   * bring a transport that lives no longer than one execution. Limits that are stated replace those known so far.
   */
  open(endpoint: Endpoint, ports: ClientPorts, limits?: Partial<AccountLimits>): Account;
}

/** Makes a registry. A host keeps one for its whole process, so that limits are kept per account and not per call. */
export function createAccountRegistry(): AccountRegistry {
  const accounts = new Map<string, Account>();
  return {
    open(endpoint, ports, limits) {
      const { provider, baseUrl, apiKey } = endpoint;
      const key = `${provider.id} ${baseUrl} ${keyFingerprint(apiKey)}`;
      const known = accounts.get(key);
      if (known !== undefined) {
        known.reopen(endpoint, limits);
        return known;
      }
      const opened = createAccount(endpoint, ports, limits ?? {});
      accounts.set(key, opened);
      return opened;
    },
  };
}
