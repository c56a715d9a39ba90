import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { templateVariables } from './template-variables.ts';

describe('the variables of a template', () => {
  it('are the names in double braces, each once, in the order of the script', () => {
    const script = {
      name: '{{ headline }}',
      scenes: [{ elements: [{ text: '{{headline}}: {{sub-title}}', src: '{{product.image}}' }, '{{last}}'] }],
      count: 3,
    };
    expect(templateVariables(script)).toEqual(['headline', 'sub-title', 'product.image', 'last']);
  });

  it('are none where there are no whole placeholders', () => {
    expect(templateVariables({ a: '{{}} {{ }} {x} {{open', '{{key}}': 1, b: null })).toEqual([]);
  });

  it('can be told of any JSON, however deep', () => {
    let deep: unknown = '{{here}}';
    for (let level = 0; level < 50_000; level += 1) deep = [deep];
    expect(templateVariables(deep)).toEqual(['here']);
    fc.assert(
      fc.property(fc.jsonValue(), (script) => {
        expect(Array.isArray(templateVariables(script))).toBe(true);
      }),
    );
  });
});
