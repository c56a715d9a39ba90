import type { CategoryOf, CodesOf, ErrorCategory, RenderErrorCode } from './codes.ts';
import type { ErrorRecord } from './error-record.ts';
import { RenderError } from './render-error.ts';

/** One function per code (upper case) or per category (lower case), and `else` for the rest. */
type Arms = {
  readonly [Code in RenderErrorCode]?: (error: ErrorRecord<Code>) => unknown;
} & {
  readonly [Category in ErrorCategory]?: (error: ErrorRecord<CodesOf<Category>>) => unknown;
} & { readonly else?: (error: ErrorRecord) => unknown };

/** The codes that no arm answers: neither one of their own, nor one of their category, nor `else`. */
type Unanswered<Given> = 'else' extends keyof Given
  ? never
  : {
      [Code in RenderErrorCode]: Code extends keyof Given ? never : CategoryOf<Code> extends keyof Given ? never : Code;
    }[RenderErrorCode];

/** Asks for every code that is not answered, and allows no key that is neither a code nor a category. */
type Exhaustive<Given> = {
  readonly [Code in Unanswered<Given>]: (error: ErrorRecord<Code>) => unknown;
} & { readonly [Key in Exclude<keyof Given, keyof Arms>]: never };

type Result<Given> = {
  [Key in keyof Given]: Given[Key] extends (error: never) => infer Answer ? Answer : never;
}[keyof Given];

/**
 * Branches on an error in one expression: the arm of its code wins, then the arm of its category, then `else`. Without
 * `else` the compiler demands that every code is answered, so a code that renderq adds later is a compile error here.
 *
 * @throws {RenderError} INVALID_REQUEST for what is no error of renderq, and where no arm answers (the error of a newer
 * copy of this module: its code was unknown when the caller was compiled).
 *
 * @example
 * matchError(error, {
 *   INSUFFICIENT_CREDITS: ({ required, balance }) => `short of ${(required ?? 0) - (balance ?? 0)} credits`,
 *   capacity: ({ retryAfterMs }) => `again in ${retryAfterMs ?? 0} ms`,
 *   else: ({ remedy }) => remedy,
 * });
 */
export function matchError<const Given extends Arms>(
  error: { readonly record: ErrorRecord } | ErrorRecord,
  arms: Given & Exhaustive<Given>,
): Result<Given> {
  const record = recordOf(error);
  if (typeof arms !== 'object' || arms === null) throw misuse('arms', 'The arms of matchError must be an object.');
  const own = (key: string) => (Object.hasOwn(arms, key) ? (arms as Record<string, unknown>)[key] : undefined);
  const arm = own(record.code) ?? own(record.category) ?? own('else');
  if (typeof arm !== 'function') throw misuse('arms', `No arm answers the error code "${record.code}".`);
  return arm(record) as Result<Given>;
}

function recordOf(error: { readonly record: ErrorRecord } | ErrorRecord): ErrorRecord {
  const record: Partial<ErrorRecord> | undefined =
    typeof error !== 'object' || error === null ? undefined : 'record' in error ? error.record : error;
  if (typeof record?.code === 'string' && typeof record.category === 'string') return record as ErrorRecord;
  throw misuse('error', 'matchError takes a RenderError or the error of a failed job.');
}

function misuse(field: 'arms' | 'error', message: string): RenderError {
  const remedy = field === 'arms' ? 'Add an arm for it, or `else`.' : 'Ask RenderError.isInstance(error) first.';
  return new RenderError({ code: 'INVALID_REQUEST', message, field, remedy });
}
