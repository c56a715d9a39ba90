import type { ProviderErrorRow, RenderProvider } from './contract/provider.ts';
import { ERROR_CODES, type ErrorCategory } from './errors/codes.ts';
import { cleanText } from './errors/redact.ts';
import { RenderError } from './errors/render-error.ts';
import * as providers from './providers/index.ts';

/** The ids of the registered providers. */
export type ProviderId = keyof typeof providers;

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
  const meant = nearest(String(id), ids);
  throw new RenderError({
    code: 'INVALID_REQUEST',
    message: `There is no provider "${cleanText(String(id), 60)}".${meant === undefined ? '' : ` Did you mean "${meant}"?`}`,
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

/** The known id that a mistyped one most likely stands for: at most a third of its letters differ. */
function nearest(typed: string, ids: readonly string[]): string | undefined {
  const plain = (text: string) =>
    text
      .toLowerCase()
      .replaceAll(/[^a-z0-9]/g, '')
      .slice(0, 40);
  const [best] = ids
    .map((id) => ({ id, distance: editDistance(plain(typed), plain(id)) }))
    .sort((a, b) => a.distance - b.distance);
  return best !== undefined && best.distance <= Math.ceil(best.id.length / 3) ? best.id : undefined;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
