import type { Accounts } from './accounts.ts';

/** Says that a result is a rehearsal, where it is one. */
export function localWarnings(accounts: Accounts, providerIds: readonly string[]): readonly string[] {
  return [...new Set(providerIds)]
    .filter((id) => accounts.modeOf(id) === 'sandbox')
    .map((id) => {
      const name = accounts.providers.find((provider) => provider.id === id)?.displayName ?? id;
      return `Rendered by the local sandbox; nothing was sent to or billed by ${name}.`;
    });
}
