import { ERROR_CODES, type RenderErrorCode } from './codes.ts';
import type { ErrorRecord } from './error-record.ts';
import { publicRecord, safeRecord } from './safe-record.ts';

export type { ErrorIssue, ErrorRecord } from './error-record.ts';

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
    const { retryable, remedy, category } = ERROR_CODES[init.code];
    const record = safeRecord({ retryable, remedy, ...stated, category });
    super(record.message, cause === undefined ? undefined : { cause });
    this.record = record;
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

  /** The record as a log or a model may see it: no key, no signed query, every text bounded. */
  toJSON(): ErrorRecord {
    return publicRecord(this.record);
  }

  /** True for a RenderError of any copy of this module: bundled hosts carry their own. */
  static isInstance(value: unknown): value is RenderError {
    return typeof value === 'object' && value !== null && BRAND in value;
  }
}
