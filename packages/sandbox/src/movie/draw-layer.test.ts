import { describe, expect, it } from 'vitest';
import { loadCanvas } from '../media/canvas.ts';
import { FONT_FAMILIES } from '../media/fonts.ts';
import { drawLayer } from './draw-layer.ts';
import { readText } from './read-element.ts';

const FRAME = { width: 400, height: 200 };
const ROOM = { frame: FRAME, pictures: new Map() };
const text = (content: string, rest: object = {}) => readText({ text: content, ...rest }, 'scenes/0/elements/0', []);

async function draw(steps: Parameters<typeof drawLayer>[0]['steps'], background?: string) {
  const { signal } = new AbortController();
  const { pngs, x, y, warnings } = await drawLayer({ background, steps }, { ...ROOM, signal });
  const { createCanvas, loadImage } = await loadCanvas();
  const pictures = await Promise.all(
    pngs.map(async (png) => {
      const { width, height } = await loadImage(png);
      const pen = createCanvas(width, height).getContext('2d');
      pen.drawImage(await loadImage(png), 0, 0);
      return { width, height, data: pen.getImageData(0, 0, width, height).data };
    }),
  );
  return { pictures, x, y, warnings };
}

describe('drawLayer', () => {
  it('fills the frame behind the elements', async () => {
    const { pictures, x, y } = await draw([{ elements: [] }], '#ff0000');
    expect([x, y, pictures[0]?.width, pictures[0]?.height]).toEqual([0, 0, 400, 200]);
    expect([...(pictures[0]?.data.subarray(0, 4) ?? [])]).toEqual([255, 0, 0, 255]);
  });

  it('lays a translucent background on black', async () => {
    const { pictures } = await draw([{ elements: [] }], '#ffffff80');
    expect(pictures[0]?.data[0]).toBeCloseTo(128, -1);
    expect(pictures[0]?.data[3]).toBe(255);
  });

  it('cuts a see-through layer to its content, on even pixels', async () => {
    const { pictures, x, y } = await draw([{ elements: [text('a', { x: 101, y: 51, font_size: 20 })] }]);
    expect(x % 2).toBe(0);
    expect(y % 2).toBe(0);
    expect(x).toBeGreaterThanOrEqual(98);
    expect(x).toBeLessThan(106);
    expect(pictures[0]?.width).toBeLessThan(24);
    expect((pictures[0]?.width ?? 1) % 2).toBe(0);
    expect((pictures[0]?.height ?? 1) % 2).toBe(0);
  });

  it('cuts every step of a layer to the same box, and an empty layer to nothing', async () => {
    const steps = [{ elements: [text('a', { position: 'top-left' })] }, { elements: [] }, { elements: [text('bb')] }];
    const { pictures } = await draw(steps);
    expect(new Set(pictures.map(({ width, height }) => `${width}x${height}`)).size).toBe(1);
    expect(pictures[1]?.data.every((value) => value === 0)).toBe(true);
    expect((await draw([{ elements: [text(' ')] }])).pictures).toEqual([]);
  });

  it('draws emoji in colour', async () => {
    const { pictures } = await draw([{ elements: [text('🎉', { color: '#ffffff' })] }]);
    const data = pictures[0]?.data ?? new Uint8ClampedArray();
    let colourful = 0;
    for (let at = 0; at < data.length; at += 4) {
      const [red = 0, green = 0, blue = 0, alpha = 0] = data.subarray(at, at + 4);
      if (alpha > 200 && Math.max(red, green, blue) - Math.min(red, green, blue) > 80) colourful += 1;
    }
    expect(colourful).toBeGreaterThan(100);
  });

  it('joins Arabic letters and sets Arabic and Hebrew from right to left', async () => {
    const { createCanvas } = await loadCanvas();
    const pen = createCanvas(8, 8).getContext('2d');
    pen.font = `40px ${FONT_FAMILIES}`;
    const widthOf = (words: string) => pen.measureText(words).width;
    const apart = [...'بببب'].reduce((sum, letter) => sum + widthOf(letter), 0);
    expect(widthOf('بببب')).toBeLessThan(apart * 0.8);

    // The full stop at the end of a Hebrew sentence stands at its left.
    const inkAtTheLeft = async (words: string) => {
      const { pictures } = await draw([{ elements: [text(words, { font_size: 60 })] }]);
      const [picture] = pictures;
      const isInk = (x: number, y: number) => (picture?.data[(y * (picture.width ?? 0) + x) * 4 + 3] ?? 0) > 128;
      const column = (x: number) => Array.from({ length: picture?.height ?? 0 }, (_, y) => isInk(x, y));
      return [2, 3, 4, 5].some((x) => column(x).some(Boolean) && !column(x).slice(0, 20).some(Boolean));
    };
    expect(await inkAtTheLeft('שלום.')).toBe(true);
    expect(await inkAtTheLeft('Hall.')).toBe(false);
  });

  it('puts a box behind a text that asks for one', async () => {
    const plain = await draw([{ elements: [text('a')] }]);
    const boxed = await draw([{ elements: [text('a', { background: '#00000080' })] }]);
    expect(boxed.pictures[0]?.width).toBeGreaterThan((plain.pictures[0]?.width ?? 0) + 20);
  });

  it('stops between two pictures of a long row once it is aborted', async () => {
    const stop = new AbortController();
    const steps = Array.from({ length: 500 }, (_, index) => ({ elements: [text(`cue ${index}`)] }));
    const drawing = drawLayer({ background: undefined, steps }, { ...ROOM, signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(drawing).rejects.toThrow();
  });

  it('warns of a text that is taller than the frame', async () => {
    const { warnings } = await draw([{ elements: [text('a\n'.repeat(9))] }]);
    expect(warnings).toEqual([expect.stringMatching(/^scenes\/0\/elements\/0: .*taller than the frame/)]);
  });
});
