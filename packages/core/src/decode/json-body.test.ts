import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from './json-body.ts';

const nested = (depth: number) => `${'[{"a":'.repeat(depth / 2)}1${'}]'.repeat(depth / 2)}`;

describe('parseJson', () => {
  it('reads whatever JSON can say, with or without a byte order mark', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 8 }), fc.boolean(), (json, hasMark) => {
        expect(parseJson(hasMark ? `\ufeff${json}` : json)).toEqual(JSON.parse(json));
      }),
    );
  });

  it('reads 256 levels and no more', () => {
    expect(parseJson(nested(256))).toBeDefined();
    expect(parseJson(nested(258))).toBeUndefined();
    expect(parseJson('['.repeat(4_000_000))).toBeUndefined();
  });

  it('counts no brackets inside texts, whatever is escaped there', () => {
    const text = `\\"[{${'['.repeat(1_000)}\\`;
    expect(parseJson(JSON.stringify({ [text]: [text] }))).toEqual({ [text]: [text] });
    expect(parseJson(JSON.stringify(Array.from({ length: 1_000 }, () => [{}])))).toHaveLength(1_000);
  });

  it('gives up on a text that never closes in one pass over it', () => {
    const start = performance.now();
    expect(parseJson(`"${'\\"'.repeat(1_000_000)}`)).toBeUndefined();
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});
