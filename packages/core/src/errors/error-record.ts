import type { CategoryOf, RenderErrorCode } from './codes.ts';
import type { ProviderCode, ProviderName } from './provider-code.ts';

/** One problem of a request; a validation answer may list several. */
export interface ErrorIssue {
  /** Dotted path with zero-based array indices, for example `scenes.0.duration`. */
  readonly field: string;
  readonly message: string;
}

/**
 * The error object, the same everywhere: in MCP results, in n8n items, in logs and over HTTP.
 * Safe to log and to show to a model: never holds a key, a signed URL or a stack trace.
 */
export interface ErrorRecord<Code extends RenderErrorCode = RenderErrorCode> {
  readonly code: Code;
  readonly message: string;
  readonly category: CategoryOf<Code>;
  /** Whether the same call may succeed later without any change. */
  readonly retryable: boolean;
  /** Milliseconds to wait before a repeat, where the provider or the rate gate gave a time. */
  readonly retryAfterMs?: number;
  readonly provider?: ProviderName;
  /**
   * The provider's own code, verbatim (bounded, control characters removed). Completes to the codes of the vendors' pages,
   * and a `switch` with a mistyped one does not compile; see {@link UnlistedProviderCode} for all others.
   */
  readonly providerCode?: ProviderCode;
  readonly httpStatus?: number;
  readonly jobId?: string;
  readonly field?: string;
  readonly issues?: readonly ErrorIssue[];
  /** Credits that the render needs (PhantomFlow error page: INSUFFICIENT_CREDITS). */
  readonly required?: number;
  /** Credits that the account holds (PhantomFlow error page: INSUFFICIENT_CREDITS). */
  readonly balance?: number;
  readonly requestId?: string;
  /** HTTP attempts made before giving up. */
  readonly attempts?: number;
  /** One sentence: what to do next. */
  readonly remedy: string;
}
