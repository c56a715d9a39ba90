import { accountId } from './accounts.ts';
import type { FaultMatch } from './fault-rule.ts';
import { PROVIDERS, type Provider } from './plans.ts';

/** A call, a new job or a webhook as the rules see it. `path` is below the provider's base URL. */
export interface FaultCall {
  readonly provider: Provider;
  readonly method: string;
  readonly path: string;
  readonly accountId: string | undefined;
  readonly jobType?: string | undefined;
  /** Of a webhook. */
  readonly event?: string;
  /** A transfer of bytes to the upload host, which speaks no vendor codes. */
  readonly isUpload?: boolean;
}

export function compileMatch(match: FaultMatch = {}): (call: FaultCall) => boolean {
  const { provider, jobType, event } = match;
  const path = match.path === undefined ? undefined : globToPattern(match.path);
  const method = match.method?.toUpperCase();
  const accounts = match.account === undefined ? undefined : accountIds(match.account);
  return (call) =>
    // Bytes on their way to storage are met by rules that mean them: others were written for the API.
    (call.isUpload !== true || path !== undefined) &&
    (provider === undefined || provider === call.provider) &&
    (method === undefined || method === call.method) &&
    (path === undefined || path.test(call.path)) &&
    (jobType === undefined || jobType === call.jobType) &&
    (event === undefined || event === call.event) &&
    (accounts === undefined || (call.accountId !== undefined && accounts.includes(call.accountId)));
}

/** The accounts that a key may stand for: its form says which provider, but the sandbox need not know it yet. */
export const accountIds = (key: string): readonly string[] => PROVIDERS.map((provider) => accountId(provider, key));

function globToPattern(glob: string): RegExp {
  const literal = glob.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${literal.join('.*')}$`);
}
