import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MOVIE_SCHEMA } from '../movie/schema.ts';
import { schemaCheck } from './schema-problem.ts';

const check = schemaCheck(MOVIE_SCHEMA);
const text = { type: 'text', text: 'Hi' };

describe('schema problems', () => {
  it.each([
    [{ scenes: [{ duration: 'five' }] }, 'scenes.0.duration', 'Expected number, received string'],
    [{}, 'scenes', 'Required'],
    [{ scenes: [] }, 'scenes', 'Array must contain at least 1 element(s)'],
    [{ scenes: [{ elements: [text, { type: 'image' }] }] }, 'scenes.0.elements.1.src', 'Required'],
    [{ scenes: [{ elements: [{ text: 'no type' }] }] }, 'scenes.0.elements.0.type', 'Required'],
    [{ width: 12.5, scenes: [{}] }, 'width', 'Expected integer, received float'],
    [
      { quality: 'ultra', scenes: [{}] },
      'quality',
      "Invalid enum value. Expected 'low' | 'medium' | 'high', received 'ultra'",
    ],
    [{ scenes: [{ duration: 0 }] }, 'scenes.0.duration', 'Number must be greater than 0'],
    [{ scenes: [{}], webhook_uri: 'ftp://host/x' }, 'webhook_uri', 'Invalid url'],
    [[], '', 'Expected object, received array'],
    [null, '', 'Expected object, received null'],
  ])('names the place and the reason: %j', (document, path, message) => {
    expect(check(document)).toEqual({ path, message });
  });

  it('reports the first problem in the order in which the document is read', () => {
    const broken = { fps: 'x', scenes: [{ elements: [{ type: 'text' }] }, { duration: 'x' }], width: 'x' };
    expect(check(broken)?.path).toBe('fps');
    expect(check({ scenes: broken.scenes, fps: 'x' })?.path).toBe('scenes.0.elements.0.text');
  });

  it('finds nothing wrong with a valid script', () => {
    expect(check({ width: 640, scenes: [{ duration: 2, elements: [text] }] })).toBeUndefined();
  });

  it('points at a value of the wrong type wherever it stands', () => {
    fc.assert(
      fc.property(fc.nat(8), fc.nat(8), (scene, element) => {
        const good = () => ({ elements: Array.from({ length: 9 }, (): Record<string, unknown> => ({ ...text })) });
        const scenes = Array.from({ length: 9 }, good);
        const target = scenes[scene]?.elements[element];
        if (target) target.font_size = 'big';
        expect(check({ scenes })?.path).toBe(`scenes.${scene}.elements.${element}.font_size`);
      }),
      { numRuns: 30 },
    );
  });

  it('keeps a long value of the caller short', () => {
    const problem = check({ quality: 'x'.repeat(5000), scenes: [{}] });
    expect(problem?.message.length).toBeLessThan(200);
  });
});
