import { cleanText, type ErrorRecord } from '@renderq/core';

const LONGEST_TEXT = 500;
const LONGEST_NAME = 200;

/** Text that somebody else wrote, fit to stand in a line: bounded, nothing invisible, nothing secret. */
export const plainLine = (text: string): string => cleanText(text, LONGEST_TEXT);

/** A field's name that somebody else chose. */
export const plainName = (text: string): string => cleanText(text, LONGEST_NAME);

/** Whether the message of an error repeats what a provider wrote: text that a model must not take as instruction. */
export const isProviderText = (error: ErrorRecord): boolean =>
  error.providerCode !== undefined || (error.provider !== undefined && error.httpStatus !== undefined);
