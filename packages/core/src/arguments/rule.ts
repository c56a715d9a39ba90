import { isJobId } from '../decode/job-id.ts';
import { asObject } from '../decode/json-body.ts';

/** What a value must be, in words for whoever passed another. */
export interface Rule {
  readonly accepts: (value: unknown) => boolean;
  /** Completes "... must be". */
  readonly what: string;
  /** One sentence: what to pass instead. */
  readonly remedy: string;
}

const isText = (value: unknown): boolean => typeof value === 'string' && value.trim() !== '';

export const TEXT: Rule = {
  accepts: isText,
  what: 'text that is not blank',
  remedy: 'Pass it as a string.',
};

export const SIGNAL: Rule = {
  accepts: (value) => value instanceof AbortSignal,
  what: 'an AbortSignal',
  remedy: 'Pass the signal of an AbortController, or leave it out.',
};

export const CALLBACK: Rule = {
  accepts: (value) => typeof value === 'function',
  what: 'a function',
  remedy: 'Pass a function, or leave it out.',
};

/** Infinity is a duration: without end. */
export const DURATION: Rule = {
  accepts: (value) => typeof value === 'number' && value >= 0,
  what: 'a number of milliseconds, 0 or more',
  remedy: 'Pass milliseconds, or leave it out for the default.',
};

export const COUNT: Rule = {
  accepts: (value) => Number.isSafeInteger(value) && Number(value) >= 0,
  what: 'a whole number, 0 or more',
  remedy: 'Pass a whole number, or leave it out.',
};

export const NUMBER: Rule = {
  accepts: (value) => typeof value === 'number' && Number.isFinite(value),
  what: 'a number',
  remedy: 'Pass a finite number, or leave it out.',
};

export const TIME: Rule = {
  accepts: (value) => typeof value === 'number' || value instanceof Date,
  what: 'a time in Unix milliseconds, or a Date',
  remedy: 'Pass a number or a Date, or leave it out.',
};

export const FLAG: Rule = {
  accepts: (value) => typeof value === 'boolean',
  what: 'true or false',
  remedy: 'Pass a boolean, or leave it out.',
};

export const OBJECT: Rule = {
  accepts: (value) => asObject(value) !== undefined,
  what: 'an object',
  remedy: 'Pass a plain object.',
};

export const BYTES: Rule = {
  accepts: (value) => value instanceof Uint8Array,
  what: 'a Uint8Array',
  remedy: 'Pass bytes, for example a Uint8Array.',
};

export const WEB_ADDRESS: Rule = {
  accepts: (value) => typeof value === 'string' && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol),
  what: 'an absolute http(s) URL',
  remedy: 'Pass it like https://example.com/hook.',
};

export const JOB_ID: Rule = {
  accepts: (value) => typeof value === 'string' && isJobId(value),
  what: 'a job id: text of 1 to 200 characters without slashes and control characters',
  remedy: 'Pass the job id exactly as the submit answered it.',
};

/** One of a few words. */
export function oneOf(words: readonly string[]): Rule {
  return {
    accepts: (value) => words.some((word) => word === value),
    what: `one of ${words.join(', ')}`,
    remedy: `Pass ${words.map((word) => `"${word}"`).join(' or ')}, or leave it out.`,
  };
}
