import type { CategoryOf, CodesOf, ErrorCategory, RenderErrorCode } from './codes.ts';
import type { ErrorRecord } from './error-record.ts';

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
  const record = 'record' in error ? error.record : error;
  const own = (key: string) => (Object.hasOwn(arms, key) ? (arms as Record<string, unknown>)[key] : undefined);
  const arm = own(record.code) ?? own(record.category) ?? own('else');
  // Only an error of a newer copy of this module can get here: its code was unknown when the caller was compiled.
  if (typeof arm !== 'function') throw new TypeError(`No arm answers the error code "${record.code}".`);
  return arm(record) as Result<Given>;
}
