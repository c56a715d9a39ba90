import type { Job } from '@renderq/dispatcher';
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

/** Says that the files of a rehearsal are another server's, whose sandbox may have ended with it. */
export function borrowedFilesWarnings(accounts: Accounts, { provider, output }: Job): readonly string[] {
  const url = output?.url;
  if (url === undefined || accounts.modeOf(provider) !== 'sandbox' || !URL.canParse(url)) return [];
  if (accounts.sandboxOrigins().includes(new URL(url).origin)) return [];
  return [
    'Another server rendered this on its own sandbox: the links last as long as that server. Submit it again with a new idempotencyKey if they are dead.',
  ];
}
