import { describe, expect, it } from 'vitest';
import { planMotion } from './motion-plan.ts';
import { readMovie } from './movie-script.ts';
import { planTimeline } from './timeline.ts';

const text = (content: string, rest: object = {}) => ({ type: 'text', text: content, ...rest });
const video = (rest: object = {}) => ({ type: 'video', src: 'https://x.example/v.mp4', ...rest });
const plan = (movie: object, from: number, to: number) =>
  planMotion(planTimeline(readMovie({ fps: 10, ...movie })), { from, to });
const kinds = (layers: readonly { readonly kind: string }[]) => layers.map(({ kind }) => kind);

describe('planMotion', () => {
  it('draws still things that lie on each other as one picture, below and above a video', () => {
    const elements = [text('a'), text('b'), video(), text('c'), text('d')];
    const { scenes } = plan({ scenes: [{ duration: 2, elements }] }, 0, 20);
    expect(scenes[0]?.layers).toMatchObject([
      { kind: 'stills', background: '#000000', steps: [{ at: 0, elements: [{ text: 'a' }, { text: 'b' }] }] },
      { kind: 'video', from: 0, to: 20 },
      { kind: 'stills', background: undefined, steps: [{ elements: [{ text: 'c' }, { text: 'd' }] }] },
    ]);
  });

  it('gives every scene a ground, even when a video is all it has', () => {
    const { scenes, top } = plan({ scenes: [{ duration: 1, elements: [video()] }] }, 0, 10);
    expect(kinds(scenes[0]?.layers ?? [])).toEqual(['stills', 'video']);
    expect(top).toEqual([]);
  });

  it('makes one row of pictures of things that come and go, however many', () => {
    const cues = Array.from({ length: 50 }, (_, index) => ({ start: index * 0.2, end: index * 0.2 + 0.1, text: 'x' }));
    const { top } = plan({ subtitles: { cues }, scenes: [{ duration: 10, elements: [video()] }] }, 0, 100);
    expect(kinds(top)).toEqual(['stills']);
    expect(top[0]).toMatchObject({ background: undefined });
    expect(top[0]?.kind === 'stills' ? top[0].steps.length : 0).toBe(100);
  });

  it('fades only what fades inside the stretch; before and after it stands still', () => {
    const movie = { scenes: [{ duration: 4, elements: [text('a', { fade_in: 1, fade_out: 1 })] }] };
    expect(plan(movie, 0, 10).scenes[0]?.layers[1]).toMatchObject({ kind: 'fading', fadeIn: 10, fadeOut: 0 });
    expect(kinds(plan(movie, 10, 30).scenes[0]?.layers ?? [])).toEqual(['stills']);
    expect(plan(movie, 30, 40).scenes[0]?.layers[1]).toMatchObject({ kind: 'fading', fadeIn: 0, fadeOut: 10 });
  });

  it('counts a change of scene from where the second one begins', () => {
    const scenes = [
      { duration: 3, elements: [video()] },
      { duration: 3, transition: { type: 'wipeup', duration: 1 } },
    ];
    expect(plan({ scenes }, 0, 30)).toMatchObject({
      frames: 30,
      scenes: [
        { from: 0, frames: 30, change: undefined },
        { from: 20, frames: 10, change: { frames: 10, transition: { type: 'wipeup' } } },
      ],
    });
  });
});
