import * as v from 'valibot';
import { cleanText } from '../errors/redact.ts';
import { asObject } from './json-body.ts';

/*
 * Scalars that never fail: what cannot be read is absent. A provider may add fields, change a number into a string or
 * leave something out, and the job must stay readable, because it has been paid for.
 */

function lenient<T>(read: (value: unknown) => T | undefined) {
  return v.optional(v.pipe(v.unknown(), v.transform(read)));
}

/** Non-empty text of at most 2,000 characters; numbers are read as text too. */
export function readText(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return typeof value === 'string' && value !== '' ? value.slice(0, 2000) : undefined;
}

/** A finite number, also from a numeric string. */
export function readNumber(value: unknown): number | undefined {
  if (typeof value === 'string' && !/^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i.test(value)) return undefined;
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

const LATEST_MS = 8.64e15;
/** Below this a Unix time is in seconds: as milliseconds it would lie in 1973. */
const FIRST_MS = 1e11;

const WITHOUT_ZONE = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)$/;

/** Unix milliseconds from milliseconds, seconds or ISO text. A time without a zone is UTC: a server does not know ours. */
export function readTime(value: unknown): number | undefined {
  const number = readNumber(value);
  if (number !== undefined) {
    const ms = Math.round(number < FIRST_MS ? number * 1000 : number);
    return ms > 0 && ms <= LATEST_MS ? ms : undefined;
  }
  if (typeof value !== 'string' || value.length > 64) return undefined;
  const ms = Date.parse(value.trim().replace(WITHOUT_ZONE, '$1T$2Z'));
  return Number.isNaN(ms) || ms <= 0 ? undefined : ms;
}

/** A share done from 0 to 1, out of 0-1, out of percent, or out of `{ percent }`, `{ value }` and the like. */
export function readProgress(value: unknown): number | undefined {
  const object = asObject(value);
  if (object !== undefined) {
    const percent = readNumber(object.percent ?? object.percentage ?? object.pct);
    return percent === undefined ? readProgress(object.value ?? object.fraction) : clampShare(percent / 100);
  }
  const number = readNumber(typeof value === 'string' ? value.replace(/%\s*$/, '') : value);
  if (number === undefined) return undefined;
  return clampShare(number > 1 || (typeof value === 'string' && value.includes('%')) ? number / 100 : number);
}

function clampShare(share: number): number {
  return Math.min(1, Math.max(0, share));
}

/** Text that is an absolute http(s) URL, whole. */
export function readUrl(value: unknown): string | undefined {
  return typeof value === 'string' && /^https?:\/\/\S+$/i.test(value) && URL.canParse(value) ? value : undefined;
}

/** At most twenty lines out of an array of texts or of `{ message }`; undefined when there are none. */
export function readLines(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const lines = value.slice(0, 20).flatMap((entry) => {
    const text = readText(asObject(entry)?.message ?? entry);
    return text === undefined ? [] : cleanText(text, 300) || [];
  });
  return lines.length > 0 ? lines : undefined;
}

export const looseText = lenient(readText);
export const looseLines = lenient(readLines);
export const looseNumber = lenient(readNumber);
export const looseTime = lenient(readTime);
export const looseProgress = lenient(readProgress);
export const looseUrl = lenient(readUrl);
export const looseFlag = lenient((value) => (typeof value === 'boolean' ? value : undefined));
export const looseValue = v.optional(v.unknown());
