import type { ProviderErrorRow, RenderProvider } from './contract/provider.ts';
import { ERROR_CODES, type ErrorCategory } from './errors/codes.ts';
import { cleanText } from './errors/redact.ts';
import { RenderError } from './errors/render-error.ts';
import * as providers from './providers/index.ts';
import { closestWord } from './validation/closest-word.ts';

/** The ids of the registered providers. */
export type ProviderId = keyof typeof providers;

/** The error codes of a provider's pages, as literals. */
export type ProviderErrorCode<Id extends ProviderId = ProviderId> = {
  [Each in Id]: Extract<keyof (typeof providers)[Each]['errors'], string>;
}[Id];

const ALL: readonly RenderProvider[] = Object.values(providers);

/** Every registered provider, by id. */
export function listProviders(): readonly RenderProvider[] {
  return ALL;
}

/**
 * The provider with this id.
 * @throws {RenderError} INVALID_REQUEST with field `provider`, naming the known ids and the likeliest one.
 */
export function findProvider(id: string): RenderProvider {
  const found = ALL.find((provider) => provider.id === id);
  if (found !== undefined) return found;
  const ids = ALL.map((provider) => provider.id);
  const asked = typeof id === 'string' ? id : '';
  const meant = closestWord(asked, ids);
  throw new RenderError({
    code: 'INVALID_REQUEST',
    message: `There is no provider "${cleanText(asked, 60)}".${meant === undefined ? '' : ` Did you mean "${meant}"?`}`,
    field: 'provider',
    remedy: `Use one of: ${ids.join(', ')}.`,
  });
}

/** One row of a provider's error table with all that renderq makes of it: what the documentation is built from. */
export interface ErrorTableRow extends ProviderErrorRow {
  readonly provider: string;
  readonly providerCode: string;
  readonly category: ErrorCategory;
}

/** Every row of every provider's error table. */
export function listErrorRows(): readonly ErrorTableRow[] {
  return ALL.flatMap((provider) =>
    Object.entries(provider.errors).map(([providerCode, row]) => ({
      provider: provider.id,
      providerCode,
      category: ERROR_CODES[row.code].category,
      ...row,
    })),
  );
}
