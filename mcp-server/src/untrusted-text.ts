import { cleanText, type ErrorRecord } from '@renderq/core';

const LONGEST_TEXT = 500;
const LONGEST_NAME = 200;
const MOST_ISSUES = 20;

/** Text that somebody else wrote, fit to stand in a line: bounded, nothing invisible, nothing secret. */
export const plainLine = (text: string): string => cleanText(text, LONGEST_TEXT);

/** A field's name that somebody else chose. */
export const plainName = (text: string): string => cleanText(text, LONGEST_NAME);

/** Whether the message of an error repeats what a provider wrote: text that a model must not take as instruction. */
export const isProviderText = (error: ErrorRecord): boolean =>
  error.providerCode !== undefined || (error.provider !== undefined && error.httpStatus !== undefined);

/** The error as it may be shown: what matters first, free texts cleaned and bounded. */
export function presentError(error: ErrorRecord): ErrorRecord {
  const { code, providerCode, message, remedy, issues, ...rest } = error;
  return {
    code,
    ...(providerCode === undefined ? {} : { providerCode }),
    message: plainLine(message),
    remedy,
    ...rest,
    ...(issues && {
      issues: issues.slice(0, MOST_ISSUES).map((issue) => ({
        field: plainName(issue.field),
        message: plainLine(issue.message),
      })),
    }),
  };
}
