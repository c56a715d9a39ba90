import type { Accounts } from './accounts.ts';
import type { ToolJob } from './envelope.ts';

/** Says that a result is a rehearsal, where it is one. */
export function localWarnings(accounts: Accounts, jobs: readonly Partial<ToolJob>[]): readonly string[] {
  const providerIds = jobs.flatMap(({ local, provider }) => (local && provider !== undefined ? [provider] : []));
  return [...new Set(providerIds)].map((id) => {
    const name = accounts.providers.find((provider) => provider.id === id)?.displayName ?? id;
    return `Rendered by the local sandbox; nothing was sent to or billed by ${name}.`;
  });
}

/** Says that the files of a rehearsal are another server's, and end with it. */
export function borrowedFilesWarnings(accounts: Accounts, { local, output }: ToolJob): readonly string[] {
  const url = output?.url;
  if (url === undefined || !local || !URL.canParse(url)) return [];
  if (accounts.sandboxOrigins().includes(new URL(url).origin)) return [];
  return ['Another server rendered this on its own sandbox: the links last as long as that server.'];
}
