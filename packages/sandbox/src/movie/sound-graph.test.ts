import { describe, expect, it } from 'vitest';
import type { SourceMedia } from './media-loader.ts';
import { readMovie } from './movie-script.ts';
import { soundArgs, voicesOf } from './sound-graph.ts';
import { planTimeline } from './timeline.ts';

const SONG = 'https://x.example/song.mp3';
const CLIP = 'https://x.example/clip.mp4';
const MUTE = 'https://x.example/mute.mp4';
const media = new Map<string, SourceMedia>(
  [SONG, CLIP, MUTE].map((src, index) => [
    src,
    {
      file: `media${index}`,
      guard: ['-format_whitelist', 'x'],
      info: { hasVideo: src !== SONG, hasAudio: src !== MUTE, durationSeconds: 4 },
    },
  ]),
);
const voices = (movie: object) => {
  const read = readMovie({ fps: 10, ...movie });
  const timeline = planTimeline(read, (src) => media.get(src)?.info.durationSeconds);
  return voicesOf(timeline, read, media);
};

describe('voicesOf', () => {
  it('hears audio and videos that have sound, and nothing that is silenced', () => {
    const elements = [
      { type: 'audio', src: SONG },
      { type: 'video', src: CLIP },
      { type: 'video', src: CLIP, muted: true },
      { type: 'video', src: MUTE },
      { type: 'audio', src: SONG, volume: 0 },
      { type: 'text', text: 'a' },
    ];
    expect(voices({ scenes: [{ duration: 3, elements }] }).map(({ element }) => element.src)).toEqual([SONG, CLIP]);
  });

  it('ends with the scene, with the source, or as asked, whichever comes first', () => {
    const audio = (rest: object) => ({ type: 'audio', src: SONG, ...rest });
    const elements = [
      audio({ start: 3 }),
      audio({}),
      audio({ duration: 2 }),
      audio({ loop: true }),
      audio({ seek: 3 }),
    ];
    const heard = voices({ scenes: [{ duration: 1 }, { duration: 6, elements }] });
    expect(heard.map(({ from, to }) => [from, to])).toEqual([
      [4, 7],
      [1, 5],
      [1, 3],
      [1, 7],
      [1, 2],
    ]);
  });
});

describe('soundArgs', () => {
  it('reads every source under guard, delays it in samples, and keeps the length of the film', () => {
    const elements = [{ type: 'audio', src: SONG, start: 0.5, volume: 0.3, fade_in: 1, loop: true, seek: 1 }];
    const args = soundArgs(voices({ scenes: [{ duration: 3, elements }] }), 3, media, 'out.m4a');
    expect(args.slice(0, 8)).toEqual(['-stream_loop', '-1', '-ss', '1', '-format_whitelist', 'x', '-i', 'media0']);
    const graph = args[args.indexOf('-filter_complex') + 1] ?? '';
    for (const part of ['volume=0.3', 'afade=t=in:st=0:d=1', 'adelay=24000S', 'amix=inputs=1', 'atrim=end=3[sound]'])
      expect(graph).toContain(part);
    expect(args.at(-1)).toBe('out.m4a');
  });
});
