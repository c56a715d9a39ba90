import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { START_MS } from '../testing/virtual-clock.ts';
import { readRateWindow, readRetryAfter } from './rate-headers.ts';

const at = (ms: number) => new Date(START_MS + ms).toUTCString();

describe('Retry-After', () => {
  it.each([
    ['whole seconds', { 'retry-after': '22' }, 22_000],
    ['the longest of several', { 'retry-after': '3, 9.5,4' }, 9_500],
    ['parts of seconds', { 'retry-after': '0.25' }, 250],
    ['zero', { 'retry-after': '0' }, 0],
    ["a date against the answer's own date", { 'retry-after': at(90_000 + 3_600_000), date: at(3_600_000) }, 90_000],
    ['a date against our clock', { 'retry-after': at(15_000) }, 15_000],
    ['a date in the past', { 'retry-after': at(-15_000) }, undefined],
    ['a negative number', { 'retry-after': '-5' }, undefined],
    ['rubbish', { 'retry-after': 'soon' }, undefined],
    ['not even a date', { 'retry-after': 'Mon, 99 Foo' }, undefined],
    ['nothing', { 'retry-after': '' }, undefined],
    ['a week', { 'retry-after': '604800' }, 86_400_000],
    ['absence', {}, undefined],
  ])('reads %s', (_name, headers, expected) => {
    expect(readRetryAfter(headers, START_MS)).toBe(expected);
  });

  it('is nothing where a date has neither the date of the answer nor a clock of ours to be held against', () => {
    expect(readRetryAfter({ 'retry-after': at(15_000) })).toBeUndefined();
    expect(readRateWindow({ 'x-ratelimit-reset': String(START_MS / 1000 + 20) })).toEqual({});
  });

  it('is never negative and never more than a day', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.double().map(String),
          fc.date().map((date) => (Number.isNaN(date.getTime()) ? 'x' : date.toUTCString())),
        ),
        (text) => {
          const wait = readRetryAfter({ 'retry-after': text }, START_MS);
          expect(wait === undefined || (wait >= 0 && wait <= 86_400_000)).toBe(true);
        },
      ),
    );
  });
});

describe('X-RateLimit headers', () => {
  const seconds = START_MS / 1000;

  it.each([
    ['a Unix time in seconds', String(seconds + 22), 22_000],
    ['a Unix time in milliseconds', String(START_MS + 22_000), 22_000],
    ['seconds from now', '22', 22_000],
    ['a reset in the past', String(seconds - 22), undefined],
    ['a reset in a year', String(seconds + 31_536_000), undefined],
    ['rubbish', 'tomorrow', undefined],
  ])('read %s', (_name, reset, resetInMs) => {
    const window = readRateWindow(
      { 'x-ratelimit-limit': '10', 'x-ratelimit-remaining': '3', 'x-ratelimit-reset': reset, date: at(0) },
      START_MS,
    );
    expect(window).toEqual({ limit: 10, remaining: 3, ...(resetInMs !== undefined && { resetInMs }) });
  });

  it('are read by the clock of the server, however wrong it is', () => {
    for (const skewMs of [-95_000, 37_000, 86_400_000 * 400]) {
      const headers = { 'x-ratelimit-reset': String(seconds + 30 + skewMs / 1000), date: at(skewMs) };
      expect(readRateWindow(headers, START_MS).resetInMs).toBe(30_000);
    }
  });
});
