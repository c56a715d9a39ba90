import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { POSITIONS, placeBox } from './position.ts';

const FRAME = { width: 1000, height: 500 };

describe('placeBox', () => {
  it.each([
    ['top-left', 50, 25],
    ['top-center', 450, 25],
    ['top-right', 850, 25],
    ['center-left', 50, 225],
    ['center', 450, 225],
    ['center-right', 850, 225],
    ['bottom-left', 50, 425],
    ['bottom-center', 450, 425],
    ['bottom-right', 850, 425],
  ] as const)('puts a box at %s', (position, x, y) => {
    expect(placeBox(FRAME, { width: 100, height: 50 }, position)).toEqual({ x, y });
  });

  it('lets a box as large as the frame fill it, at every position', () => {
    for (const position of POSITIONS) expect(placeBox(FRAME, FRAME, position)).toEqual({ x: 0, y: 0 });
  });

  it('keeps every box that fits inside the frame, on whole pixels', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...POSITIONS),
        fc.integer({ min: 16, max: 4000 }),
        fc.integer({ min: 1, max: 4000 }),
        (position, frame, box) => {
          fc.pre(box <= frame);
          const { x, y } = placeBox({ width: frame, height: frame }, { width: box, height: box }, position);
          for (const at of [x, y]) {
            expect(Number.isInteger(at)).toBe(true);
            expect(at).toBeGreaterThanOrEqual(0);
            expect(at + box).toBeLessThanOrEqual(frame + 0.5);
          }
        },
      ),
    );
  });
});
