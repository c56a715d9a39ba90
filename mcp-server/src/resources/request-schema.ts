import { RenderError } from '@renderq/core';
import type { Accounts } from '../accounts.ts';
import { EXAMPLE_REQUESTS, REQUEST_TYPES } from '../example-requests.ts';
import { errorLine } from '../headline.ts';
import { presentError } from '../present-error.ts';

/** Where the schema of a provider's requests is read, for one of its types of job if it has those. */
export const schemaUri = (provider: string, type?: string): string =>
  `renderq://schema/${provider}${type === undefined ? '' : `/${type}`}`;

interface SchemaDocument {
  readonly provider: string;
  /** The type of job that the schema is of, where the provider has several. */
  readonly type?: string;
  /** `live`: the provider serves it. `bundled`: renderq's own, which holds what the provider's pages prove. */
  readonly source: 'live' | 'bundled' | 'none';
  /** Why the live one is not shown. */
  readonly note?: string;
  readonly schema?: object;
  readonly otherTypes?: readonly string[];
}

/** Long enough for a provider that is there; a resource is no reason to wait for a rate limit. */
const PATIENCE_MS = 5_000;

/**
 * The schema of a provider's requests: the one that it serves, or the bundled one with the reason. Throws RenderError
 * INVALID_REQUEST for a provider that is not known; a type that is not known has the source `none`.
 */
export async function requestSchema(
  accounts: Accounts,
  providerId: string,
  type: string | undefined,
  signal: AbortSignal,
): Promise<SchemaDocument> {
  const provider = accounts.provider(providerId);
  const types = REQUEST_TYPES[providerId] ?? [];
  const example = EXAMPLE_REQUESTS[providerId] ?? {};
  const own = type ?? (types.length > 0 ? String(example.type) : undefined);
  const request = own === undefined ? example : { ...example, type: own };
  const about = {
    provider: providerId,
    ...(own === undefined ? {} : { type: own }),
    ...(types.length > 0
      ? { otherTypes: types.filter((other) => other !== own).map((other) => schemaUri(providerId, other)) }
      : {}),
  };
  const why = { note: `${provider.displayName} serves no schema for this request.` };
  try {
    const client = await accounts.client(providerId);
    const schema = await client.fetchSchema(request, { signal, maxQueueMs: PATIENCE_MS });
    if (schema) return { ...about, source: 'live', schema };
  } catch (fault) {
    if (!RenderError.isInstance(fault)) throw fault;
    why.note = `The live schema could not be read: ${errorLine(presentError(fault.record))}`;
  }
  const bundled = provider.bundledSchema(request);
  return { ...about, ...why, source: bundled ? 'bundled' : 'none', ...(bundled && { schema: bundled }) };
}
