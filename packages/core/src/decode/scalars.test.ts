import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTimeoutWord, readJobState } from './job-state.ts';
import { readNumber, readProgress, readTime, readUrl } from './scalars.ts';

describe('times', () => {
  it.each([
    [1_788_000_000_000, 1_788_000_000_000],
    [1_788_000_000, 1_788_000_000_000],
    ['1788000000', 1_788_000_000_000],
    ['2026-08-29T12:00:00Z', Date.UTC(2026, 7, 29, 12)],
    // Without a zone it is the server's time, whatever ours is.
    ['2026-08-29T12:00:00', Date.UTC(2026, 7, 29, 12)],
    ['2026-08-29 12:00:00.5', Date.UTC(2026, 7, 29, 12, 0, 0, 500)],
    ['2026-08-29T12:00:00+02:00', Date.UTC(2026, 7, 29, 10)],
    ['yesterday', undefined],
    [0, undefined],
    [-5, undefined],
    [null, undefined],
    [{}, undefined],
    [1e300, undefined],
  ])('%j reads as %j', (value, expected) => {
    expect(readTime(value)).toBe(expected);
  });
});

describe('progress', () => {
  it.each([
    [0, 0],
    [0.25, 0.25],
    [1, 1],
    [25, 0.25],
    [100, 1],
    [250, 1],
    [-1, 0],
    ['40', 0.4],
    ['40%', 0.4],
    ['1%', 0.01],
    [{ percent: 40 }, 0.4],
    [{ percent: 1 }, 0.01],
    [{ value: 0.5 }, 0.5],
    ['half', undefined],
    [{}, undefined],
    [null, undefined],
  ])('%j reads as %j', (value, expected) => {
    expect(readProgress(value)).toBe(expected);
  });

  it('is a share or absent', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const share = readProgress(JSON.parse(JSON.stringify(value) ?? 'null'));
        expect(share === undefined || (share >= 0 && share <= 1)).toBe(true);
      }),
    );
  });
});

describe('numbers and URLs', () => {
  it('reads numeric text and nothing else as a number', () => {
    expect([' 12 ', '1.5', '.5', '-3', '1e3'].map(readNumber)).toEqual([12, 1.5, 0.5, -3, 1000]);
    expect(['', ' ', '0x10', '12px', 'NaN', 'Infinity', null, true, [], {}].map(readNumber)).toEqual(
      Array(10).fill(undefined),
    );
  });

  it('reads absolute http(s) URLs only', () => {
    expect(readUrl('https://cdn.example/a.mp4?token=t')).toBe('https://cdn.example/a.mp4?token=t');
    for (const value of ['/a.mp4', 'file:///etc/passwd', 'javascript:alert(1)', 'https://a b', 'https://', 7, null]) {
      expect(readUrl(value)).toBeUndefined();
    }
  });
});

describe('states', () => {
  it.each([
    ['queued', ['queued', 'waiting', 'pending', 'dispatched', 'created', 'submitted', 'QUEUED']],
    [
      'running',
      ['running', 'processing', 'rendering', 'in-progress', 'In Progress', 'a word nobody knows', '', 'constructor'],
    ],
    ['succeeded', ['completed', 'complete', 'done', 'succeeded', 'success', 'finished', 'Completed']],
    ['failed', ['failed', 'error', 'errored', 'timeout', 'timed_out', 'timed out', 'expired']],
    ['cancelled', ['cancelled', 'canceled']],
  ])('%s has its words', (state, words) => {
    for (const word of words) expect(readJobState(word)).toBe(state);
  });

  it('tells running out of time from failing', () => {
    expect(['timeout', 'Timed out', 'timed_out', 'expired'].every(isTimeoutWord)).toBe(true);
    expect(['failed', 'error', 'timeouts'].some(isTimeoutWord)).toBe(false);
  });
});
