import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { partsOf } from './film-args.ts';
import { readMovie } from './movie-script.ts';
import { planStills } from './still-plan.ts';

const text = (content: string, rest: object = {}) => ({ type: 'text', text: content, ...rest });
const plan = (scenes: object[], fps = 10) =>
  planStills(readMovie({ fps, scenes })).map(({ frames, elements }) => [
    frames,
    elements.map((element) => (element.type === 'text' ? element.text : element.src)).join(),
  ]);

describe('planStills', () => {
  it('makes one still of a scene in which nothing changes', () => {
    expect(plan([{ duration: 3, elements: [text('a'), text('b')] }])).toEqual([[30, 'a,b']]);
  });

  it('cuts where an element appears and where it leaves', () => {
    const elements = [text('a'), text('b', { start: 1, duration: 1 })];
    expect(plan([{ duration: 3, elements }])).toEqual([
      [10, 'a'],
      [10, 'a,b'],
      [10, 'a'],
    ]);
  });

  it('ignores what happens after the end of the scene', () => {
    expect(plan([{ duration: 2, elements: [text('a', { start: 5 }), text('b', { duration: 9 })] }])).toEqual([
      [20, 'b'],
    ]);
  });

  it('never adds up rounding, and gives every scene a frame', () => {
    const durations = fc.array(fc.double({ min: 0.001, max: 5, noNaN: true }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(durations, fc.double({ min: 1, max: 60, noNaN: true }), (list, fps) => {
        const stills = planStills(readMovie({ fps, scenes: list.map((duration) => ({ duration })) }));
        const frames = stills.reduce((sum, still) => sum + still.frames, 0);
        const exact = list.reduce((sum, duration) => sum + duration, 0) * fps;
        expect(stills).toHaveLength(list.length);
        expect(stills.every((still) => Number.isInteger(still.frames) && still.frames >= 1)).toBe(true);
        expect(frames).toBeGreaterThanOrEqual(Math.floor(exact));
        expect(frames).toBeLessThanOrEqual(Math.ceil(exact) + list.length);
      }),
    );
  });
});

describe('partsOf', () => {
  it('shows exactly the frames asked for and encodes less than three seconds of them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 36_000 }), fc.double({ min: 1, max: 60, noNaN: true }), (frames, fps) => {
        const parts = partsOf(frames, fps);
        expect(parts.reduce((sum, part) => sum + part.frames * part.times, 0)).toBe(frames);
        expect(parts.reduce((sum, part) => sum + part.frames, 0)).toBeLessThan(3 * Math.ceil(fps));
        expect(parts.every((part) => part.frames >= 1 && part.times >= 1)).toBe(true);
      }),
    );
  });
});
