import { cleanText, type ErrorRecord } from '@renderq/core';

const LONGEST_TEXT = 500;
const LONGEST_NAME = 200;

/** Text that somebody else wrote, fit to stand in a line: bounded, nothing invisible, nothing secret. */
export const plainLine = (text: string): string => cleanText(text, LONGEST_TEXT);

/** A field's name that somebody else chose. */
export const plainName = (text: string): string => cleanText(text, LONGEST_NAME);

/** What somebody wants rendered, in their own words. */
export const cleanGoal = (text: string): string => cleanText(text, 2000);

/** What a provider says beside an error, with its author: quoted, it cannot pass for words of ours. */
export const quoteProvider = (text: string): string => `provider says: "${plainLine(text).replaceAll('"', "'")}"`;

/** Nothing that takes no room on a screen or reorders it; line breaks stay, for subtitles and transcripts have them. */
const UNSEEN = /[\p{Cf}\p{Default_Ignorable_Code_Point}]|(?![\n\t])\p{Cc}/gu;

/** Structured results that somebody else wrote: every text in them without what hides from a reader. */
export function plainData(data: unknown): unknown {
  if (typeof data === 'string') return data.replace(UNSEEN, '');
  if (Array.isArray(data)) return data.map(plainData);
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key.replace(UNSEEN, ''), plainData(value)]));
}

/** Whether the message of an error repeats what a provider wrote: text that a model must not take as instruction. */
export const isProviderText = (error: ErrorRecord): boolean =>
  error.providerCode !== undefined || (error.provider !== undefined && error.httpStatus !== undefined);
