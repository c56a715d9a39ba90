import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { estimateSeconds, readMovie } from './movie-script.ts';
import { MOVIE_SCHEMA } from './schema.ts';
import { planTimeline } from './timeline.ts';

const ajv = new Ajv({
  strict: true,
  allErrors: true,
  validateFormats: false,
  strictTypes: false,
  strictRequired: false,
});
for (const keyword of ['x-local-extension', 'x-local-values']) ajv.addKeyword(keyword);
const validate = ajv.compile(MOVIE_SCHEMA);
const problems = (movie: unknown) => {
  validate(movie);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
};

describe('MOVIE_SCHEMA', () => {
  it.each([
    {
      scenes: [
        {
          duration: 5,
          background: '#1a1a2e',
          elements: [{ type: 'text', text: 'Hi', font_size: 64, color: '#FFFFFF', position: 'center' }],
        },
      ],
    },
    {
      width: 1280,
      height: 720,
      fps: 23.976,
      quality: 'low',
      webhook_uri: 'https://x.example',
      exports: [],
      scenes: [{}],
    },
    {
      scenes: [
        { elements: [{ type: 'image', src: 'https://x.example/a.png', position: 'bottom-center' }], unknown: 1 },
      ],
      also_unknown: true,
    },
  ])('accepts movie %#', (movie) => {
    expect(problems(movie)).toEqual([]);
  });

  it.each([
    [{}, " must have required property 'scenes'"],
    [{ scenes: [] }, '/scenes must NOT have fewer than 1 items'],
    [{ scenes: [{ duration: 'five' }] }, '/scenes/0/duration must be number'],
    [{ scenes: [{ duration: 0 }] }, '/scenes/0/duration must be > 0'],
    [{ scenes: [{ duration: 601 }] }, '/scenes/0/duration must be <= 600'],
    [{ width: 15, scenes: [{}] }, '/width must be >= 16'],
    [{ height: 720.5, scenes: [{}] }, '/height must be integer'],
    [{ fps: 61, scenes: [{}] }, '/fps must be <= 60'],
    [{ quality: 'ultra', scenes: [{}] }, '/quality must be equal to one of the allowed values'],
    [{ scenes: [{ background: 'navy' }] }, '/scenes/0/background must match pattern'],
    [{ scenes: [{ elements: [{ type: 'text' }] }] }, "/scenes/0/elements/0 must have required property 'text'"],
    [{ scenes: [{ elements: [{ type: 'image' }] }] }, "/scenes/0/elements/0 must have required property 'src'"],
    [
      { scenes: [{ elements: [{ type: 'html', src: 'x' }] }] },
      '/scenes/0/elements/0/type must be equal to one of the allowed values',
    ],
    [{ scenes: [{ elements: [{ type: 'video' }] }] }, "/scenes/0/elements/0 must have required property 'src'"],
    [{ scenes: [{ transition: { type: 'swirl' } }] }, '/scenes/0/transition/type must be equal to one of the allowed'],
    [{ scenes: Array.from({ length: 601 }, () => ({})) }, '/scenes must NOT have more than 600 items'],
    [{ subtitles: { cues: [{ start: 1, text: 'a' }] }, scenes: [{}] }, "cues/0 must have required property 'end'"],
    [
      { scenes: [{ elements: [{ type: 'text', text: 'a', position: 'somewhere' }] }] },
      '/scenes/0/elements/0/position must be equal',
    ],
  ])('refuses movie %#', (movie, problem) => {
    expect(problems(movie).join('\n')).toContain(problem);
  });

  it('marks what the vendor does not document', () => {
    const { properties } = MOVIE_SCHEMA.definitions.element;
    const local = Object.entries(properties).flatMap(([key, rule]) => ('x-local-extension' in rule ? [key] : []));
    expect(local.sort()).toEqual([
      'align',
      'background',
      'duration',
      'fade_in',
      'fade_out',
      'fit',
      'font_weight',
      'height',
      'loop',
      'muted',
      'opacity',
      'seek',
      'start',
      'volume',
      'width',
      'x',
      'y',
    ]);
    expect(properties.type['x-local-values']).toEqual(['video', 'audio']);
  });
});

describe('readMovie', () => {
  it('fills in the documented defaults', () => {
    expect(readMovie({ scenes: [{ elements: [{ type: 'text', text: 'a' }] }] })).toMatchObject({
      width: 1920,
      height: 1080,
      fps: 30,
      quality: 'high',
      warnings: [],
      scenes: [
        {
          durationSeconds: 5,
          background: '#000000',
          elements: [{ fontSize: 48, color: '#FFFFFF', position: 'center', opacity: 1 }],
        },
      ],
    });
  });

  it('rounds odd sizes up and says so', () => {
    const movie = readMovie({ width: 641, height: 361, scenes: [{}] });
    expect([movie.width, movie.height]).toEqual([642, 362]);
    expect(movie.warnings).toEqual([
      expect.stringContaining('width 641 is odd'),
      expect.stringContaining('height 361 is odd'),
    ]);
  });

  it('tells which keys have no effect', () => {
    const { warnings } = readMovie({
      width: 640,
      webhook_uri: 'https://x.example',
      exports: [],
      resolution: '4k',
      scenes: [{ camera: 'left', elements: [{ type: 'text', text: 'a', animation: 'zoom', fit: 'cover' }] }],
    });
    expect(warnings).toEqual([
      expect.stringMatching(/^resolution is not known/),
      expect.stringContaining('scenes/0/camera'),
      expect.stringContaining('scenes/0/elements/0/animation'),
      expect.stringContaining('scenes/0/elements/0/fit'),
    ]);
  });
});

describe('readMovie on local extensions', () => {
  it('shortens a transition to half of the shorter scene, says so, and ignores one before the first scene', () => {
    const movie = readMovie({
      scenes: [
        { duration: 2, transition: { type: 'fade' } },
        { duration: 1, transition: { type: 'wipeup', duration: 3 } },
        { duration: 2, transition: { type: 'dissolve' } },
      ],
    });
    expect(movie.scenes.map(({ transition }) => transition)).toEqual([
      undefined,
      { type: 'wipeup', durationSeconds: 0.5 },
      { type: 'dissolve', durationSeconds: 0.5 },
    ]);
    expect(movie.warnings).toEqual([
      expect.stringMatching(/^scenes\/0\/transition: no scene stands before/),
      expect.stringMatching(/^scenes\/1\/transition: shortened to 0\.5 s/),
    ]);
  });

  it('makes texts of subtitles, in the looks that they ask for', () => {
    const { elements } = readMovie({
      height: 1000,
      subtitles: { color: '#ffff00', cues: [{ start: 1, end: 2, text: 'a' }] },
      scenes: [{}],
    });
    expect(elements).toMatchObject([
      { type: 'text', text: 'a', start: 1, end: 2, color: '#ffff00', fontSize: 55, position: 'bottom-center' },
    ]);
  });

  it('silences a muted video', () => {
    const elements = [{ type: 'video', src: 'https://x.example/v.mp4', volume: 2, muted: true }];
    expect(readMovie({ scenes: [{ elements }] }).scenes[0]?.elements).toMatchObject([{ volume: 0 }]);
  });
});

describe('estimateSeconds', () => {
  it('takes off what scenes share, as the film will', () => {
    const scenes = [{ duration: 4 }, { duration: 3, transition: { type: 'fade', duration: 1 } }];
    expect(estimateSeconds({ scenes })).toBe(6);
    expect(planTimeline(readMovie({ fps: 10, scenes })).frames).toBe(60);
  });

  it('adds up the scenes, with the default for those that name no duration', () => {
    expect(estimateSeconds({ scenes: [{ duration: 2.5 }, {}, { duration: 4 }] })).toBe(11.5);
  });

  it('adds up many short scenes without a remainder', () => {
    expect(estimateSeconds({ scenes: Array.from({ length: 200 }, () => ({ duration: 0.2 })) })).toBe(40);
  });
});
