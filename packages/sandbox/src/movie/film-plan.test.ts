import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { partsOf } from './film-args.ts';
import { planFilm } from './film-plan.ts';
import { readMovie } from './movie-script.ts';
import { planTimeline } from './timeline.ts';

const text = (content: string, rest: object = {}) => ({ type: 'text', text: content, ...rest });
const video = (rest: object = {}) => ({ type: 'video', src: 'https://x.example/v.mp4', ...rest });
const spansOf = (movie: object, fps = 10, seconds?: number) =>
  planFilm(planTimeline(readMovie({ fps, scenes: [], ...movie }), () => seconds));
const plan = (scenes: object[], rest: object = {}) =>
  spansOf({ scenes, ...rest }).map((span) => [
    span.to - span.from,
    span.kind === 'moving'
      ? 'moving'
      : span.elements.map((element) => (element.type === 'text' ? element.text : element.src)).join(),
  ]);

describe('planFilm', () => {
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

  it('shows elements of the film over every scene, and subtitles at their time', () => {
    const cues = [{ start: 0.5, end: 1.5, text: 'cue' }];
    expect(
      plan([{ duration: 1, elements: [text('a')] }, { duration: 1 }], {
        elements: [text('logo')],
        subtitles: { cues },
      }),
    ).toEqual([
      [5, 'a,logo'],
      [5, 'a,logo,cue'],
      [5, 'logo,cue'],
      [5, 'logo'],
    ]);
  });

  it('moves only while scenes change, elements fade and videos play', () => {
    expect(plan([{ duration: 3 }, { duration: 3, transition: { type: 'fade', duration: 1 } }])).toEqual([
      [20, ''],
      [10, 'moving'],
      [20, ''],
    ]);
    expect(plan([{ duration: 4, elements: [text('a', { fade_in: 1, fade_out: 0.5 })] }])).toEqual([
      [10, 'moving'],
      [25, 'a'],
      [5, 'moving'],
    ]);
    expect(plan([{ duration: 4, elements: [video({ start: 1, duration: 2 })] }])).toEqual([
      [10, ''],
      [20, 'moving'],
      [10, ''],
    ]);
  });

  it('joins motions that overlap and keeps those apart that only meet', () => {
    const overlapping = [text('a', { fade_in: 1 }), text('b', { start: 0.5, fade_in: 1 })];
    expect(plan([{ duration: 2, elements: overlapping }])).toEqual([
      [15, 'moving'],
      [5, 'a,b'],
    ]);
    const meeting = [text('a', { fade_in: 1 }), text('b', { start: 1, fade_in: 1 })];
    expect(plan([{ duration: 2, elements: meeting }])).toEqual([
      [10, 'moving'],
      [10, 'moving'],
    ]);
  });

  it('lets a video leave with its last picture, unless it begins again', () => {
    const spans = (rest: object) => spansOf({ scenes: [{ duration: 4, elements: [video(rest)] }] }, 10, 3);
    expect(spans({}).map(({ kind, to }) => [kind, to])).toEqual([
      ['moving', 30],
      ['still', 40],
    ]);
    expect(spans({ seek: 1, start: 1 })[1]).toMatchObject({ kind: 'moving', from: 10, to: 30 });
    expect(spans({ loop: true })).toEqual([{ kind: 'moving', from: 0, to: 40 }]);
  });

  it('covers every frame once, in order, whatever the scenes, fades and changes', () => {
    const seconds = fc.double({ min: 0.001, max: 4, noNaN: true });
    const element = fc.record({
      type: fc.constantFrom('text', 'video'),
      text: fc.constant('a'),
      src: fc.constant('https://x.example/v.mp4'),
      start: seconds,
      duration: seconds,
      fade_in: seconds,
      fade_out: seconds,
    });
    const scene = fc.record({
      duration: seconds,
      transition: fc.option(fc.record({ type: fc.constant('fade'), duration: seconds }), { nil: undefined }),
      elements: fc.array(element, { maxLength: 3 }),
    });
    const script = fc.record({
      fps: fc.double({ min: 1, max: 60, noNaN: true }),
      scenes: fc.array(scene, { minLength: 1, maxLength: 8 }),
      elements: fc.array(element, { maxLength: 2 }),
    });
    fc.assert(
      fc.property(script, (movie) => {
        const timeline = planTimeline(readMovie(movie));
        const spans = planFilm(timeline);
        expect(spans.map(({ from }) => from)).toEqual([0, ...spans.slice(0, -1).map(({ to }) => to)]);
        expect(spans.at(-1)?.to).toBe(timeline.frames);
        expect(spans.every(({ from, to }) => Number.isInteger(from) && to > from)).toBe(true);
      }),
    );
  });

  it('never adds up rounding, and gives every scene a frame', () => {
    const durations = fc.array(fc.double({ min: 0.001, max: 5, noNaN: true }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(durations, fc.double({ min: 1, max: 60, noNaN: true }), (list, fps) => {
        const spans = spansOf({ scenes: list.map((duration) => ({ duration })) }, fps);
        const frames = spans.at(-1)?.to ?? 0;
        const exact = list.reduce((sum, duration) => sum + duration, 0) * fps;
        expect(spans).toHaveLength(list.length);
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
