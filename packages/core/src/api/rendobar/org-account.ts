import type { RenderProvider } from '../../contract/provider.ts';
import { RenderError } from '../../errors/render-error.ts';
import { type AccountRegistry, createAccountRegistry } from '../../queue/account-registry.ts';

/** An organization has limits of its own: two of them behind one credential must not share a queue. */
const registries = new WeakMap<AccountRegistry, Map<string, AccountRegistry>>();

/** The registry of one organization inside a process's registry; the same one for the same organization. */
export function registryOf(accounts: AccountRegistry, orgId: string | undefined): AccountRegistry {
  if (orgId === undefined) return accounts;
  const known = registries.get(accounts) ?? new Map<string, AccountRegistry>();
  registries.set(accounts, known);
  const registry = known.get(orgId) ?? createAccountRegistry();
  known.set(orgId, registry);
  return registry;
}

/** The provider as it is asked by a member of an organization (Rendobar SDK page: `X-Org-Id`). */
export function asOrganization(provider: RenderProvider, orgId: string | undefined): RenderProvider {
  if (orgId === undefined) return provider;
  return Object.freeze({
    ...provider,
    authHeaders: (apiKey: string) => ({ ...provider.authHeaders(apiKey), 'x-org-id': orgId }),
  });
}

/** @throws {RenderError} INVALID_REQUEST with field `orgId` when it could not travel in a header. */
export function checkOrgId(orgId: unknown): string | undefined {
  if (orgId === undefined) return undefined;
  if (typeof orgId === 'string' && /^[\x21-\x7e]{1,200}$/.test(orgId)) return orgId;
  throw new RenderError({
    code: 'INVALID_REQUEST',
    message: 'orgId must be the id of an organization: 1 to 200 visible characters without spaces.',
    field: 'orgId',
    remedy: 'Pass the id as account.organization() tells it, or leave it out for the organization of the API key.',
  });
}
