import { describe, expect, it } from 'vitest';
import { isCheapPattern } from './cheap-pattern.ts';

describe('a pattern out of a schema', () => {
  it.each([
    '^#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})$',
    '^job_[A-Za-z0-9_-]+$',
    '^https?://.+',
    '^storage://',
    '^\\d{4}-\\d{2}-\\d{2}T',
    '[.]mp4$',
    '^(mp4|webm|gif)$',
    '^\\p{L}[\\w()+*-]*$',
    '^.{1,200}$',
    '',
  ])('is tried when it is sure to be fast: %s', (pattern) => {
    expect(isCheapPattern(pattern)).toBe(true);
  });

  it.each([
    '^(a+)+$',
    '(a|a)*$',
    '^(?:a|aa)+$',
    '(a?){30}a{30}',
    'a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?aaaaaaaaaaaaaaaaaaaa',
    '^(a|b|a)(a|b|a)(a|b|a)(a|b|a)(a|b|a)(a|b|a)(a|b|a)(a|b|a)$',
    '^.*.*.*$',
    '.*a.*a',
    '^(?=a)b',
    '^(?<!a)b',
    '^(a)\\1$',
    '^(?<x>a)\\k<x>$',
    '(((a+)b)+c)+',
    '(unclosed',
    '^\\_$',
    'a'.repeat(500),
  ])('is left out when it could be slow, or is none: %s', (pattern) => {
    expect(isCheapPattern(pattern)).toBe(false);
  });

  it('takes no long time on a text made against it', () => {
    // The most expensive shapes that are still let through.
    for (const [pattern, text] of [
      ['^a*a*$', `${'a'.repeat(16_384)}!`],
      ['a*b', 'a'.repeat(16_384)],
      ['^(?:a|a)(?:a|a)(?:a|a)(?:a|a)(?:a|a)(?:a|a)a*$', `${'a'.repeat(16_384)}!`],
    ] as const) {
      expect(isCheapPattern(pattern)).toBe(true);
      const started = performance.now();
      new RegExp(pattern, 'u').test(text);
      expect(performance.now() - started, pattern).toBeLessThan(3_000);
    }
  });
});
