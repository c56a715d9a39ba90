import { expect, it } from 'vitest';
import { parseFlatted } from './flatted.ts';

it('reads text, numbers, lists and what stands in several places', () => {
  const text = '[{"name":"1","count":2,"list":"2","again":"2","none":null},"Start",["1","3"],{"deep":"4"},"end"]';
  const read = parseFlatted(text) as Record<string, unknown>;
  expect(read).toEqual({ name: 'Start', count: 2, list: ['Start', { deep: 'end' }], again: read.list, none: null });
  expect(read.again).toBe(read.list);
});

it('gives a cycle back as a cycle', () => {
  const read = parseFlatted('[{"self":"0","child":"1"},{"parent":"0"}]') as Record<string, Record<string, unknown>>;
  expect(read.self).toBe(read);
  expect(read.child?.parent).toBe(read);
});

it('does not take text that looks like a number for a reference', () => {
  expect(parseFlatted('[{"a":"1"},"0"]')).toEqual({ a: '0' });
  expect(parseFlatted('["7"]')).toBe('7');
});
