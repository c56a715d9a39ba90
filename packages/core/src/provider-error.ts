import type { ErrorRecord } from './errors/error-record.ts';
import type { UnlistedProviderCode } from './errors/provider-code.ts';
import { findProvider, type ProviderErrorCode, type ProviderId } from './registry.ts';

/**
 * An error that a provider answered. `providerCode` completes to the codes of this vendor's pages alone, and may still be
 * one that they do not list yet.
 */
export type ProviderErrorRecord<
  Id extends ProviderId = ProviderId,
  Code extends string = ProviderErrorCode<Id> | UnlistedProviderCode,
> = ErrorRecord & { readonly provider: Id; readonly providerCode: Code };

/** An error, thrown or inside a failed job, or its record. */
export type ErrorLike = ErrorRecord | { readonly record: ErrorRecord };

type Told<Given, Told extends ErrorRecord> = Given extends { readonly record: ErrorRecord }
  ? Given & { readonly record: Told }
  : Given & Told;

/**
 * Whether a provider answered this error, and with this code where one is given. Narrows `providerCode`.
 *
 * @example
 * if (isProviderError(error, 'phantomflow', 'TEMPLATE_NOT_FOUND')) await makeTemplate();
 */
export function isProviderError<
  Given extends ErrorLike,
  Id extends ProviderId,
  const Code extends ProviderErrorCode<Id>,
>(error: Given, provider: Id, code: Code): error is Told<Given, ProviderErrorRecord<Id, Code>>;
export function isProviderError<Given extends ErrorLike, Id extends ProviderId>(
  error: Given,
  provider: Id,
): error is Told<Given, ProviderErrorRecord<Id>>;
export function isProviderError(error: ErrorLike, provider: ProviderId, code?: string): boolean {
  const record = recordOf(error);
  if (record === undefined || record.provider !== provider || record.providerCode === undefined) return false;
  return code === undefined || record.providerCode === code;
}

/**
 * The code of the vendor's page that an error carries, as a closed union: a `switch` over it is checked by the compiler.
 * Undefined for errors of renderq itself, of another provider, and for codes that the page does not list.
 */
export function knownProviderCode<Id extends ProviderId>(
  error: ErrorLike,
  provider: Id,
): ProviderErrorCode<Id> | undefined {
  const record = recordOf(error);
  const told = record !== undefined && record.provider === provider ? record.providerCode : undefined;
  const code = typeof told === 'string' ? told.toUpperCase() : undefined;
  const isListed = code !== undefined && Object.hasOwn(findProvider(provider).errors, code);
  return isListed ? (code as ProviderErrorCode<Id>) : undefined;
}

/** Undefined for what is no error of ours: a program without types asks that of anything. */
function recordOf(error: ErrorLike): ErrorRecord | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  return 'record' in error ? (error.record ?? undefined) : error;
}
