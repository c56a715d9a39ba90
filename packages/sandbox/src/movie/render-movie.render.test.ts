import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { availableEngines, createRig, filesIn, type Rig } from '../engine/__fixtures__/render-rig.ts';

const near = (actual: readonly number[], expected: readonly number[]) => {
  for (const [index, value] of actual.entries())
    expect(Math.abs(value - (expected[index] ?? 0)), `${actual} is near ${expected}`).toBeLessThan(10);
};
const SMALL = { width: 640, height: 360, fps: 25, quality: 'low' };

describe.each(await availableEngines())('a movie on %s', (kind) => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await createRig(kind);
  });
  afterAll(() => rig.close());

  it('shows every scene in its colours, for as long as asked, with its text in place', async () => {
    const workDir = await rig.folder();
    const result = await rig.movie(
      {
        ...SMALL,
        scenes: [
          {
            duration: 1,
            background: '#0a7f3f',
            elements: [{ type: 'text', text: 'Hello', font_size: 60, color: '#ffffff' }],
          },
          {
            duration: 2.4,
            background: '#ff8800',
            elements: [{ type: 'text', text: 'Low', color: '#000000', position: 'bottom-center' }],
          },
          { duration: 0.6, background: '#203040' },
        ],
      },
      { workDir },
    );
    expect(result).toMatchObject({
      warnings: [],
      files: [{ name: 'output.mp4', type: 'video', width: 640, height: 360, durationSeconds: 4 }],
    });
    expect(await filesIn(workDir)).toEqual(['output.mp4']);
    const path = result.files[0]?.path ?? '';

    const first = await rig.frame(path, 0.5);
    near(first.at(5, 5), [10, 127, 63]);
    const text = first.drawn();
    // Centred: as far from the left as from the right, from the top as from the bottom.
    expect(text).toBeDefined();
    expect(Math.abs((text?.left ?? 0) - (639 - (text?.right ?? 0)))).toBeLessThan(8);
    expect(Math.abs((text?.top ?? 0) - (359 - (text?.bottom ?? 0)))).toBeLessThan(12);
    expect((text?.bottom ?? 0) - (text?.top ?? 0)).toBeGreaterThan(35);

    for (const moment of [1.04, 2.5, 3.36]) {
      const second = await rig.frame(path, moment);
      near(second.at(5, 5), [255, 136, 0]);
      expect(second.drawn()?.top).toBeGreaterThan(280);
      expect(second.drawn()?.bottom).toBeLessThan(360 * 0.96);
    }
    const last = await rig.frame(path, 3.8);
    near(last.at(320, 180), [32, 48, 64]);
    expect(last.drawn()).toBeUndefined();
  });

  it('wraps a long text inside the safe area', async () => {
    const text = 'A headline that is so long that it has to be set in several lines';
    const { files } = await rig.movie({
      ...SMALL,
      scenes: [{ duration: 0.4, background: '#000000', elements: [{ type: 'text', text, font_size: 64 }] }],
    });
    const box = (await rig.frame(files[0]?.path ?? '', 0)).drawn();
    expect(box?.left).toBeGreaterThanOrEqual(640 * 0.05 - 2);
    expect(box?.right).toBeLessThanOrEqual(640 * 0.95 + 2);
    expect((box?.bottom ?? 0) - (box?.top ?? 0)).toBeGreaterThan(3 * 64);
  });

  it('shows and hides elements in time, the last one on top', async () => {
    const elements = [
      { type: 'image', src: 'https://cdn.example.com/photo.png', width: 640, height: 360, fit: 'fill' },
      {
        type: 'image',
        src: 'https://cdn.example.com/logo.webp',
        width: 100,
        height: 80,
        fit: 'cover',
        x: 20,
        y: 30,
        start: 0.4,
        duration: 0.4,
      },
    ];
    const { files, warnings } = await rig.movie({
      ...SMALL,
      scenes: [{ duration: 1.2, background: '#ffffff', elements }],
    });
    expect(warnings).toEqual([]);
    const path = files[0]?.path ?? '';
    const [before, during, after] = [await rig.frame(path, 0.2), await rig.frame(path, 0.6), await rig.frame(path, 1)];
    near(before.at(70, 70), after.at(70, 70));
    expect(
      Math.max(...before.at(70, 70).map((value, index) => Math.abs(value - (during.at(70, 70)[index] ?? 0)))),
    ).toBeGreaterThan(25);
    near(before.at(300, 200), during.at(300, 200));
  });

  it('keeps a picture whole inside the frame, centred, by default', async () => {
    const { files } = await rig.movie({
      width: 360,
      height: 640,
      fps: 10,
      quality: 'low',
      scenes: [
        {
          duration: 0.3,
          background: '#ff0000',
          elements: [{ type: 'image', src: 'https://cdn.example.com/photo.png' }],
        },
      ],
    });
    const frame = await rig.frame(files[0]?.path ?? '', 0);
    // 1280x720 shrinks to 360x202.5, so that red bars of 218 pixels remain above and below.
    near(frame.at(180, 210), [255, 0, 0]);
    near(frame.at(180, 430), [255, 0, 0]);
    expect(frame.at(2, 320)[1] + frame.at(357, 320)[2]).toBeGreaterThan(60);
  });

  it('renders the same bytes again', async () => {
    const movie = {
      ...SMALL,
      quality: 'high',
      scenes: [{ duration: 2.2, background: '#123456', elements: [{ type: 'text', text: 'Twice' }] }],
    };
    const hashes = await Promise.all(
      [rig.movie(movie), rig.movie(movie)].map(async (render) => {
        const { files } = await render;
        return createHash('sha256')
          .update(await readFile(files[0]?.path ?? ''))
          .digest('hex');
      }),
    );
    expect(hashes[0]).toBe(hashes[1]);
  });

  it('renders a film of 300 scenes, in little more memory than one of 40', async () => {
    const film = (count: number) => ({
      width: 64,
      height: 36,
      fps: 5,
      scenes: Array.from({ length: count }, (_, index) => ({
        duration: 0.2,
        background: index % 2 === 0 ? '#ff0000' : '#0000ff',
      })),
    });
    await rig.movie(film(40));
    const before = process.memoryUsage.rss();
    const { files } = await rig.movie(film(300));
    expect(process.memoryUsage.rss() - before).toBeLessThan(150e6);
    expect(files[0]).toMatchObject({ durationSeconds: 60 });
    const path = files[0]?.path ?? '';
    // Frames stand at multiples of 0.2 s: a seek finds the next one.
    near((await rig.frame(path, 24.9)).at(30, 18), [0, 0, 255]);
    near((await rig.frame(path, 59.5)).at(30, 18), [255, 0, 0]);
  });

  it('is stopped by its clock in the middle, and gives its slot to the next one', async () => {
    const narrow = await createRig(kind, { maxConcurrent: 1 });
    try {
      const long = { ...SMALL, quality: 'high', scenes: Array.from({ length: 200 }, () => ({ duration: 1.9 })) };
      const late = narrow.movie(long, { timeoutMs: 400 });
      const next = narrow.movie({ ...SMALL, scenes: [{ duration: 0.2 }] });
      await expect(late).rejects.toMatchObject({ kind: 'timeout' });
      expect((await next).files).toHaveLength(1);
    } finally {
      await narrow.close();
    }
  });

  it('reports progress that never falls and ends with one 1', async () => {
    const seen: number[] = [];
    await rig.movie(
      {
        ...SMALL,
        scenes: Array.from({ length: 6 }, () => ({
          elements: [{ type: 'text', text: 'a', fade_in: 0.4 }],
          duration: 0.5,
        })),
      },
      { onProgress: (fraction) => seen.push(fraction) },
    );
    expect(seen.length).toBeGreaterThan(5);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.filter((fraction) => fraction === 1)).toHaveLength(1);
  });

  it('warns of odd sizes and of missing glyphs, and renders nevertheless', async () => {
    const { files, warnings } = await rig.movie({
      width: 321,
      height: 181,
      fps: 10,
      scenes: [{ duration: 0.2, elements: [{ type: 'text', text: '日本 🎉' }] }],
    });
    expect(files[0]).toMatchObject({ width: 322, height: 182 });
    expect(warnings).toHaveLength(3);
    expect(warnings.at(-1)).toMatch(/^scenes\/0\/elements\/0: .*“日本” \(日 本\);/);
  });

  it('draws nothing for control characters and says so', async () => {
    const { files, warnings } = await rig.movie({
      ...SMALL,
      scenes: [{ duration: 0.2, elements: [{ type: 'text', text: '\u0007\u0001\u007f' }] }],
    });
    expect(warnings).toEqual([expect.stringMatching(/^scenes\/0\/elements\/0: control characters .*3 left out/)]);
    expect((await rig.frame(files[0]?.path ?? '', 0)).drawn()).toBeUndefined();
  });

  it('shows no more than a hundred warnings', async () => {
    const elements = Array.from({ length: 60 }, () => ({ type: 'text', text: '本', font_size: 9 }));
    const scenes = [
      { duration: 0.1, elements },
      { duration: 0.1, elements },
    ];
    const { warnings } = await rig.movie({ width: 64, height: 36, fps: 10, scenes });
    expect(warnings).toHaveLength(100);
    expect(warnings.at(-1)).toBe('21 more warnings are not shown.');
  });

  it.each([
    [
      'a film',
      'https://cdn.example.com/clip.mp4',
      'source-not-media',
      /scenes\/0\/elements\/0\/src: the source is mp4, not a PNG, JPEG or WebP/,
    ],
    ['a private address', 'http://169.254.169.254/a.png', 'source-blocked', /linkLocal/],
  ])('refuses %s as a picture and leaves nothing behind', async (_, src, kindOfFault, message) => {
    const workDir = await rig.folder();
    const render = rig.movie({ ...SMALL, scenes: [{ elements: [{ type: 'image', src }] }] }, { workDir });
    await expect(render).rejects.toMatchObject({ kind: kindOfFault, message: expect.stringMatching(message) });
    expect(await filesIn(workDir)).toEqual([]);
  });
});
