import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { availableEngines, createRig, type Frame, filesIn, type Rig } from '../engine/__fixtures__/render-rig.ts';

const CLIP = 'https://cdn.example.com/clip.mp4';
const SONG = 'https://cdn.example.com/song.mp3';
const SMALL = { width: 320, height: 180, fps: 25, quality: 'low' };

const isNear = (actual: readonly number[], expected: readonly number[], by = 14) =>
  actual.every((value, index) => Math.abs(value - (expected[index] ?? 0)) < by);
const expectNear = (actual: readonly number[], expected: readonly number[]) =>
  expect(isNear(actual, expected), `${actual} is near ${expected}`).toBe(true);
/** How far a pixel is on its way from one colour to another, 0 to 1, by its red. */
const share = (frame: Frame, at: readonly [number, number], from: number, to: number) =>
  ((frame.at(...at)[0] ?? 0) - from) / (to - from);
const hashOf = async (path: string) =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');

describe.each(await availableEngines())('a film that moves, on %s', (kind) => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await createRig(kind);
  });
  afterAll(() => rig.close());

  /** Loudness of each tenth of a second, 0 to 1. */
  const loudness = async (path: string): Promise<readonly number[]> => {
    const { files } = await rig.command('-i film -vn -ac 1 -ar 8000 -c:a pcm_s16le out.wav', {
      inputs: { film: { path } },
    });
    const wav = await readFile(files[0]?.path ?? '');
    const samples = wav.subarray(wav.indexOf('data', 0, 'latin1') + 8);
    return Array.from({ length: Math.floor(samples.length / 1_600) }, (_, tenth) => {
      const part = Array.from({ length: 800 }, (__, at) => samples.readInt16LE(tenth * 1_600 + at * 2) / 32_768);
      return Math.sqrt(part.reduce((sum, value) => sum + value * value, 0) / part.length);
    });
  };

  const EVERYTHING = {
    ...SMALL,
    elements: [
      { type: 'image', src: 'https://cdn.example.com/logo.png', width: 40, height: 24, fit: 'fill', x: 276, y: 4 },
      { type: 'audio', src: SONG, volume: 0.5, start: 1, loop: true },
    ],
    subtitles: { font_size: 14, cues: [{ start: 0.6, end: 1.4, text: 'Said 🎉' }] },
    scenes: [
      { duration: 2, background: '#ff0000' },
      {
        duration: 2,
        background: '#0000ff',
        transition: { type: 'wipeleft', duration: 1 },
        elements: [{ type: 'video', src: CLIP, muted: true, width: 160, height: 90, x: 0, y: 0, start: 1, seek: 1 }],
      },
    ],
  };

  it('changes scenes, plays videos over them, and keeps logo, subtitles and sound above all', async () => {
    const workDir = await rig.folder();
    const { files, warnings } = await rig.movie(EVERYTHING, { workDir });
    expect(warnings).toEqual([]);
    expect(await filesIn(workDir)).toEqual(['output.mp4']);
    expect(files).toMatchObject([{ type: 'video', width: 320, height: 180, durationSeconds: expect.closeTo(3, 1) }]);
    const path = files[0]?.path ?? '';

    const [red, wiping, blue] = await Promise.all([0.3, 1.5, 2.5].map((at) => rig.frame(path, at)));
    if (!red || !wiping || !blue) throw new Error('no frames');
    expectNear(red.at(160, 60), [255, 0, 0]);
    // Half of the way the right half has changed.
    expectNear(wiping.at(60, 60), [255, 0, 0]);
    expectNear(wiping.at(260, 60), [0, 0, 255]);
    expectNear(blue.at(260, 140), [0, 0, 255]);
    expect(isNear(blue.at(80, 45), [0, 0, 255])).toBe(false);
    for (const frame of [red, wiping, blue]) {
      expect(isNear(frame.at(296, 16), [255, 0, 0], 40) || isNear(frame.at(296, 16), [0, 0, 255], 40)).toBe(false);
    }
    // The box of the subtitle darkens the ground from 0.6 s to 1.4 s, before and during the change of scenes.
    const [before, shown, during, after] = await Promise.all([0.5, 0.7, 1.3, 1.5].map((at) => rig.frame(path, at)));
    const dark = (frame?: Frame) => Math.max(...(frame?.at(160, 151) ?? [0])) < 120;
    expect([before, shown, during, after].map(dark)).toEqual([false, true, true, false]);

    const loud = await loudness(path);
    expect(Math.max(...loud.slice(0, 9))).toBeLessThan(0.005);
    expect(Math.min(...loud.slice(11, 28))).toBeGreaterThan(0.02);
  });

  it('renders the same bytes again', async () => {
    const [one, other] = [await rig.movie(EVERYTHING), await rig.movie(EVERYTHING)];
    expect(await hashOf(one.files[0]?.path ?? '')).toBe(await hashOf(other.files[0]?.path ?? ''));
  });

  it('fades texts, pictures and videos in and out over the time that they ask for', async () => {
    const white = { type: 'image', src: 'https://cdn.example.com/logo.png', fit: 'cover', fade_in: 1, fade_out: 0.5 };
    const { files } = await rig.movie({
      ...SMALL,
      scenes: [
        { duration: 2, background: '#000000', elements: [{ type: 'text', text: '█', font_size: 120, fade_in: 1 }] },
        { duration: 2, background: '#000000', elements: [white] },
        { duration: 1, background: '#000000', elements: [{ type: 'video', src: CLIP, muted: true, fade_in: 1 }] },
      ],
    });
    const path = files[0]?.path ?? '';
    const frames = await Promise.all([0.04, 0.5, 1.5, 2.5, 3.2, 3.76, 4.04, 4.5].map((at) => rig.frame(path, at)));
    const [start, half, full, image, whole, leaving, videoStart, videoHalf] = frames;
    if (!start || !half || !full || !image || !whole || !leaving || !videoStart || !videoHalf)
      throw new Error('no frames');
    const middle = [160, 90] as const;
    expect(share(start, middle, 0, 255)).toBeLessThan(0.15);
    expect(share(half, middle, 0, 255)).toBeCloseTo(0.5, 0.8);
    expect(share(full, middle, 0, 255)).toBeGreaterThan(0.95);
    const sum = (frame: Frame, at: readonly [number, number]) =>
      frame.at(...at).reduce((total, value) => total + value, 0);
    const corner = [20, 20] as const;
    expect(sum(image, corner) / sum(whole, corner)).toBeCloseTo(0.5, 0.7);
    expect(sum(leaving, corner) / sum(whole, corner)).toBeCloseTo(0.48, 0.7);
    expect(sum(videoStart, [60, 90])).toBeLessThan(sum(videoHalf, [60, 90]) / 3);
  });

  it('plays a video of the film across a cut, at a rate that is no whole number', async () => {
    const { files } = await rig.movie({
      ...SMALL,
      fps: 23.976,
      elements: [{ type: 'video', src: CLIP, width: 80, x: 200, y: 60, muted: true }],
      scenes: [
        { duration: 1, background: '#ff0000' },
        { duration: 1.5, background: '#0000ff', elements: [{ type: 'text', text: '█', position: 'top-left' }] },
      ],
    });
    expect(files[0]?.durationSeconds).toBeCloseTo(60 / 23.976, 1);
    const path = files[0]?.path ?? '';
    const [before, after] = await Promise.all([0.9, 1.1].map((at) => rig.frame(path, at)));
    if (!before || !after) throw new Error('no frames');
    expectNear(before.at(20, 160), [255, 0, 0]);
    expectNear(after.at(20, 160), [0, 0, 255]);
    expect(isNear(before.at(24, 24), [255, 255, 255]) || !isNear(after.at(24, 24), [255, 255, 255])).toBe(false);
    for (const frame of [before, after]) {
      expect(isNear(frame.at(240, 82), [255, 0, 0], 60) || isNear(frame.at(240, 82), [0, 0, 255], 60)).toBe(false);
    }
  });

  it('fits a video into its box: whole, covering it, filling it, on a blurred copy of itself', async () => {
    const fits = ['contain', 'cover', 'fill', 'blur'];
    const { files } = await rig.movie({
      ...SMALL,
      scenes: fits.map((fit) => ({
        duration: 0.4,
        background: '#ffffff',
        elements: [{ type: 'video', src: CLIP, muted: true, fit, width: 80, height: 160, x: 100, y: 10 }],
      })),
    });
    const path = files[0]?.path ?? '';
    const boxes = await Promise.all(fits.map(async (_, index) => (await rig.frame(path, index * 0.4 + 0.2)).drawn()));
    const [contain, ...others] = boxes;
    // 1280x720 in 80x160 is 80x45, in the middle of the box.
    expect(contain?.top).toBeGreaterThanOrEqual(64);
    expect(contain?.bottom).toBeLessThanOrEqual(114);
    for (const box of others) {
      expect(box?.top).toBeLessThanOrEqual(13);
      expect(box?.bottom).toBeGreaterThanOrEqual(166);
    }
    for (const box of boxes) {
      expect(box?.left).toBeGreaterThanOrEqual(98);
      expect(box?.right).toBeLessThanOrEqual(181);
    }
  });

  it('mixes the sound of videos and audio at their volume, and fades it', async () => {
    const { files } = await rig.movie({
      ...SMALL,
      scenes: [
        { duration: 1, elements: [{ type: 'video', src: CLIP }] },
        { duration: 1, elements: [{ type: 'video', src: CLIP, volume: 0.25 }] },
        { duration: 1, elements: [{ type: 'video', src: CLIP, muted: true }] },
        { duration: 1, elements: [{ type: 'audio', src: SONG, fade_out: 1 }] },
      ],
    });
    const loud = await loudness(files[0]?.path ?? '');
    const mean = (from: number, to: number) =>
      loud.slice(from, to).reduce((sum, value) => sum + value, 0) / (to - from);
    expect(mean(12, 19) / mean(2, 9)).toBeCloseTo(0.25, 1);
    expect(mean(22, 29)).toBeLessThan(0.005);
    expect(mean(37, 40)).toBeLessThan(mean(31, 34) / 3);
  });

  it('takes subtitles from an SRT or WebVTT file', async () => {
    for (const name of ['a.srt', 'a.vtt']) {
      const subtitles = { src: `https://cdn.example.com/${name}`, font_size: 20 };
      const { files } = await rig.movie({ ...SMALL, subtitles, scenes: [{ duration: 1.7, background: '#00ff00' }] });
      const path = files[0]?.path ?? '';
      expect((await rig.frame(path, 0.5)).drawn()?.top).toBeGreaterThan(130);
      expect((await rig.frame(path, 1.56)).drawn()).toBeUndefined();
    }
  });

  it.each([
    [
      'a picture as video',
      { type: 'video', src: 'https://cdn.example.com/a.png' },
      /elements\/0\/src: the source .*png/,
    ],
    ['a song as video', { type: 'video', src: SONG }, /the source has no video\. Use type 'audio'/],
    ['a skip past the end', { type: 'audio', src: SONG, seek: 60 }, /'seek' skips all of it/],
    ['subtitles as sound', { type: 'audio', src: 'https://cdn.example.com/a.srt' }, /neither video nor sound/],
  ])('refuses %s and leaves nothing behind', async (_, element, message) => {
    const workDir = await rig.folder();
    const render = rig.movie({ ...SMALL, scenes: [{ elements: [element] }] }, { workDir });
    await expect(render).rejects.toMatchObject({ kind: 'source-not-media', message: expect.stringMatching(message) });
    expect(await filesIn(workDir)).toEqual([]);
  });

  it('ends within a second of an abort in the middle of a change, and leaves nothing behind', async () => {
    const workDir = await rig.folder();
    const stop = new AbortController();
    let abortedAt = 0;
    const scenes = [{ duration: 40 }, { duration: 40, transition: { type: 'radial', duration: 10 } }];
    const render = rig.movie(
      {
        ...SMALL,
        width: 1280,
        height: 720,
        quality: 'high',
        scenes,
        elements: [{ type: 'video', src: CLIP, loop: true }],
      },
      {
        workDir,
        signal: stop.signal,
        onProgress: (fraction) => {
          if (fraction < 0.11 || abortedAt > 0) return;
          abortedAt = performance.now();
          stop.abort();
        },
      },
    );
    await expect(render).rejects.toMatchObject({ kind: 'cancelled' });
    expect(performance.now() - abortedAt).toBeLessThan(1_000);
    expect(await filesIn(workDir)).toEqual([]);
  });

  it('draws nothing beyond the vendor in strict mode', async () => {
    const strict = await createRig(kind, { strict: true });
    try {
      const plain = { ...SMALL, scenes: [{ duration: 0.2, elements: [{ type: 'text', text: 'a' }] }] };
      expect((await strict.movie(plain)).files).toHaveLength(1);
      await expect(strict.movie({ ...plain, elements: [] })).rejects.toMatchObject({
        kind: 'engine-cannot',
        message: expect.stringMatching(/^elements: .*strict mode/),
      });
    } finally {
      await strict.close();
    }
  });
});
