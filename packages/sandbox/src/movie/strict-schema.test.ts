import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { MOVIE_SCHEMA } from './schema.ts';
import { findExtensions, STRICT_MOVIE_SCHEMA } from './strict-schema.ts';

const ajv = new Ajv({ strict: false, validateFormats: false });
const strict = ajv.compile(STRICT_MOVIE_SCHEMA);
const local = ajv.compile(MOVIE_SCHEMA);
const SRC = 'https://x.example/a';

describe('strict mode', () => {
  it('accepts what PhantomFlow documents', () => {
    const movie = {
      width: 1280,
      height: 720,
      fps: 30,
      quality: 'high',
      webhook_uri: SRC,
      exports: [],
      unknown: { start: 1 },
      scenes: [
        {
          duration: 5,
          background: '#1a1a2e',
          elements: [
            { type: 'text', text: 'Hi', font_size: 64, color: '#FFFFFF', position: 'center' },
            { type: 'image', src: SRC, position: 'bottom-center', unknown: true },
          ],
        },
      ],
    };
    expect(strict(movie)).toBe(true);
    expect(findExtensions(movie)).toEqual([]);
  });

  it.each([
    ['scenes/0/transition', { scenes: [{ transition: { type: 'fade' } }] }],
    ['scenes/1/elements/0/type', { scenes: [{}, { elements: [{ type: 'video', src: SRC }] }] }],
    ['scenes/0/elements/0/type', { scenes: [{ elements: [{ type: 'audio', src: SRC }] }] }],
    ['scenes/0/elements/0/fade_in', { scenes: [{ elements: [{ type: 'text', text: 'a', fade_in: 1 }] }] }],
    ['scenes/0/elements/0/start', { scenes: [{ elements: [{ type: 'text', text: 'a', start: 1 }] }] }],
    ['scenes/0/elements/0/fit', { scenes: [{ elements: [{ type: 'image', src: SRC, fit: 'cover' }] }] }],
    ['scenes/0/elements/0/position', { scenes: [{ elements: [{ type: 'text', text: 'a', position: 'top-left' }] }] }],
    ['elements', { elements: [], scenes: [{}] }],
    ['subtitles', { subtitles: { cues: [] }, scenes: [{}] }],
  ])('refuses %s, which the local engine alone knows', (path, movie) => {
    expect(local(movie)).toBe(true);
    expect(strict(movie)).toBe(false);
    expect(findExtensions(movie)).toEqual([{ path }]);
  });

  it('names every extension in the order of the script', () => {
    const elements = [{ type: 'video', src: SRC, muted: true, position: 'top-left' }];
    expect(findExtensions({ subtitles: {}, scenes: [{ elements }] }).map(({ path }) => path)).toEqual([
      'subtitles',
      'scenes/0/elements/0/type',
      'scenes/0/elements/0/muted',
      'scenes/0/elements/0/position',
    ]);
  });
});
