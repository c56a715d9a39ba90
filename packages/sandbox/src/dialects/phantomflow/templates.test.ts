import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillTemplate, variablesOf } from './templates.ts';

describe('template variables', () => {
  it('stand in any string of a script, and are named once each', () => {
    const script = {
      scenes: [{ background: '{{color}}', elements: [{ text: 'Hi {{ name }}, {{name}}', n: 1, ok: true, x: null }] }],
    };
    expect(variablesOf(script)).toEqual(['color', 'name']);
    expect(fillTemplate(script, { color: '#fff', name: 'Ada' })).toEqual({
      scenes: [{ background: '#fff', elements: [{ text: 'Hi Ada, Ada', n: 1, ok: true, x: null }] }],
    });
  });

  it('take numbers and booleans as text', () => {
    expect(fillTemplate({ a: '{{n}}/{{b}}' }, { n: 5, b: false })).toEqual({ a: '5/false' });
  });

  it.each([
    [{}, 'Template variable "who" is missing'],
    [{ who: null }, 'must be a string'],
    [{ who: ['a'] }, 'must be a string'],
    [JSON.parse('{"__proto__": {"who": "x"}}'), 'is missing'],
  ])('are refused when there is nothing to show: %j', (variables, message) => {
    expect(() => fillTemplate({ text: '{{who}}' }, variables)).toThrow(message);
  });

  it('leave what only looks like a placeholder as it is', () => {
    const script = { text: '{{ }} {{1a}} {x} {{a-b}} }}{{' };
    expect(fillTemplate(script, {})).toEqual(script);
  });

  it('put every value in unchanged, even one that looks like a placeholder or a replacement pattern', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constantFrom('{{b}}', '$&', '$1', "$'")), (value) => {
        expect(fillTemplate({ text: '<{{a}}>' }, { a: value, b: 'no' })).toEqual({ text: `<${value}>` });
      }),
    );
  });
});
