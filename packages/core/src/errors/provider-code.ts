/**
 * The error codes on each vendor's pages, by provider id. A provider adds its own where it keeps its table, by declaration
 * merging, so that this room goes on knowing nobody.
 */
// biome-ignore lint/suspicious/noEmptyInterface: filled in by the providers
export interface ProviderErrorCodes {}

/** A provider's id. The registered ones complete in an editor; a host may know more. */
export type ProviderName = keyof ProviderErrorCodes | (string & {});

/**
 * A code that stands on none of the vendors' pages. It is plain text at run time; to the compiler it is text that no
 * literal can equal, which makes a mistyped literal an error. Compare one as text:
 * `const word: string | undefined = error.record.providerCode`.
 */
export type UnlistedProviderCode = `${string}\u0000${string}`;

/** A vendor's own code: one of the listed literals, or one that is not listed (yet). */
export type ProviderCode = ProviderErrorCodes[keyof ProviderErrorCodes] | UnlistedProviderCode;
