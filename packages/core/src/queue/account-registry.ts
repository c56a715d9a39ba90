import type { ClientPorts } from '../contract/client.ts';
import type { AccountLimits } from '../contract/provider.ts';
import type { Endpoint } from '../transport/exchange.ts';
import { type Account, createAccount } from './account.ts';
import { keyFingerprint } from './key-fingerprint.ts';

/** A host that opens a client for every execution finds its account again for this long after the last one. */
const KEPT_MS = 3_600_000;

/** The accounts that the clients of a process share. One per provider, base URL and API key. */
export interface AccountRegistry {
  /**
   * The account, made with these ports when it is new. The newest endpoint carries its calls from now on: a host may
   * bring a transport that lives no longer than one execution. Limits that are stated replace those known so far.
   */
  open(endpoint: Endpoint, ports: ClientPorts, limits?: Partial<AccountLimits>): Account;
}

interface Entry {
  /** Keeps the account while nobody has a client of it. */
  kept: Account | undefined;
  readonly account: WeakRef<Account>;
  openedAt: number;
}

/**
 * Makes a registry. A host keeps one for its whole process, so that limits are kept per account and not per call. An
 * account that was not opened for an hour is kept no longer than its clients and its work keep it.
 */
export function createAccountRegistry(): AccountRegistry {
  const accounts = new Map<string, Entry>();

  function letGo(now: number): void {
    for (const [key, entry] of accounts) {
      if (now - entry.openedAt < KEPT_MS) continue;
      entry.kept = undefined;
      if (entry.account.deref() === undefined) accounts.delete(key);
    }
  }

  return {
    open(endpoint, ports, limits) {
      const { provider, baseUrl, apiKey } = endpoint;
      const key = `${provider.id} ${baseUrl} ${keyFingerprint(apiKey)}`;
      const now = ports.clock.now();
      letGo(now);
      const entry = accounts.get(key);
      const known = entry?.account.deref();
      if (entry !== undefined && known !== undefined) {
        entry.kept = known;
        entry.openedAt = now;
        known.reopen(endpoint, limits);
        return known;
      }
      const opened = createAccount(endpoint, ports, limits ?? {});
      accounts.set(key, { kept: opened, account: new WeakRef(opened), openedAt: now });
      return opened;
    },
  };
}
