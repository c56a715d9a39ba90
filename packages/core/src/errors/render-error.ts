import { ERROR_CODES, RENDER_ERROR_CODES, type RenderErrorCode } from './codes.ts';
import type { ErrorRecord } from './error-record.ts';
import type { ProviderCode } from './provider-code.ts';
import { safeCause } from './safe-cause.ts';
import { publicRecord, safeRecord } from './safe-record.ts';

export type { ErrorIssue, ErrorRecord } from './error-record.ts';

/** What a layer may state of an error besides its code. A provider's code is text as it came. */
type Stated = Partial<Omit<ErrorRecord, 'code' | 'category' | 'providerCode'>> & { readonly providerCode?: string };

/** What a thrower states; category, retryability and remedy come from the tables where it is silent. */
export type RenderErrorInit = Pick<ErrorRecord, 'code' | 'message'> & Stated & { readonly cause?: unknown };

const BRAND = Symbol.for('renderq.RenderError');

/**
 * The only class of error that renderq throws on purpose. Recognise it with {@link RenderError.isInstance}. Fit for any
 * log as it is: its texts are cleaned, and its `cause` is a cleaned copy of the one it was given.
 */
export class RenderError extends Error {
  override readonly name = 'RenderError';
  readonly record: ErrorRecord;

  /** @throws {RenderError} INVALID_REQUEST with field `code` when the code is none of {@link RENDER_ERROR_CODES}. */
  constructor(init: RenderErrorInit) {
    const { cause, providerCode, ...stated } = known(init);
    const { retryable, remedy, category } = ERROR_CODES[stated.code];
    const record = safeRecord({
      retryable,
      remedy,
      ...stated,
      category,
      ...(providerCode !== undefined && { providerCode: providerCode as ProviderCode }),
    });
    const kept = keptCause(cause);
    super(record.message, kept === undefined ? undefined : { cause: kept });
    this.record = record;
    Object.defineProperty(this, BRAND, { value: true });
  }

  get code(): RenderErrorCode {
    return this.record.code;
  }

  /** A copy that also states `extra`, for a layer that knows more (attempts made, the job concerned). */
  with(extra: Stated): RenderError {
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

/** What a program without types may pass, or one that reads the errors of a newer copy of this module. */
function known(init: RenderErrorInit): RenderErrorInit {
  if (typeof init === 'object' && init !== null && Object.hasOwn(ERROR_CODES, init.code)) return init;
  throw new RenderError({
    code: 'INVALID_REQUEST',
    message: 'The code of an error must be one of the codes of renderq.',
    field: 'code',
    remedy: `Use one of: ${RENDER_ERROR_CODES.join(', ')}.`,
  });
}

function keptCause(cause: unknown): unknown {
  // Another copy of this module may be an older one, which kept more in its errors than this one does.
  if (RenderError.isInstance(cause) && !(cause instanceof RenderError))
    return madeAgain(cause) ?? safeCause(cause, isOwn);
  return safeCause(cause, isOwn);
}

function isOwn(error: object): boolean {
  return error instanceof RenderError;
}

function madeAgain(foreign: RenderError): RenderError | undefined {
  try {
    return new RenderError({ ...foreign.record, cause: foreign.cause });
  } catch {
    return undefined;
  }
}
