import { ERROR_CODES, type ErrorCategory, type RenderErrorCode } from './codes.ts';

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
export interface ErrorRecord {
  readonly code: RenderErrorCode;
  readonly message: string;
  readonly category: ErrorCategory;
  /** Whether the same call may succeed later without any change. */
  readonly retryable: boolean;
  /** Milliseconds to wait before a repeat, where the provider or the rate gate gave a time. */
  readonly retryAfterMs?: number;
  readonly provider?: string;
  /** The provider's own code, verbatim (bounded, control characters removed). */
  readonly providerCode?: string;
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

/** What a thrower states; category, retryability and remedy come from the tables where it is silent. */
export type RenderErrorInit = Pick<ErrorRecord, 'code' | 'message'> &
  Partial<Omit<ErrorRecord, 'code' | 'message' | 'category'>> & { readonly cause?: unknown };

const BRAND = Symbol.for('renderq.RenderError');

/** The only class of error that renderq throws on purpose. Recognise it with {@link RenderError.isInstance}. */
export class RenderError extends Error {
  override readonly name = 'RenderError';
  readonly record: ErrorRecord;

  constructor(init: RenderErrorInit) {
    const { cause, ...stated } = init;
    super(init.message, cause === undefined ? undefined : { cause });
    const facts = ERROR_CODES[init.code];
    this.record = { retryable: facts.retryable, remedy: facts.remedy, ...stated, category: facts.category };
    Object.defineProperty(this, BRAND, { value: true });
  }

  get code(): RenderErrorCode {
    return this.record.code;
  }

  /** A copy that also states `extra`, for a layer that knows more (attempts made, the job concerned). */
  with(extra: Partial<Omit<ErrorRecord, 'code' | 'category'>>): RenderError {
    const { category: _derived, ...stated } = this.record;
    return new RenderError({ ...stated, ...extra, cause: this.cause });
  }

  toJSON(): ErrorRecord {
    return this.record;
  }

  /** True for a RenderError of any copy of this module: bundled hosts carry their own. */
  static isInstance(value: unknown): value is RenderError {
    return typeof value === 'object' && value !== null && BRAND in value;
  }
}
