import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { estimateSeconds, readMovie } from './movie-script.ts';
import { MOVIE_SCHEMA } from './schema.ts';

const ajv = new Ajv({
  strict: true,
  allErrors: true,
  validateFormats: false,
  strictTypes: false,
  strictRequired: false,
});
ajv.addKeyword('x-local-extension');
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
      { scenes: [{ elements: [{ type: 'video', src: 'x' }] }] },
      '/scenes/0/elements/0/type must be equal to one of the allowed values',
    ],
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
      'duration',
      'fit',
      'font_weight',
      'height',
      'opacity',
      'start',
      'width',
      'x',
      'y',
    ]);
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
      scenes: [{ transition: 'fade', elements: [{ type: 'text', text: 'a', animation: 'zoom', fit: 'cover' }] }],
    });
    expect(warnings).toEqual([
      expect.stringContaining('scenes/0/transition'),
      expect.stringContaining('scenes/0/elements/0/animation'),
      expect.stringContaining('scenes/0/elements/0/fit'),
    ]);
  });
});

describe('estimateSeconds', () => {
  it('adds up the scenes, with the default for those that name no duration', () => {
    expect(estimateSeconds({ scenes: [{ duration: 2.5 }, {}, { duration: 4 }] })).toBe(11.5);
  });

  it('adds up many short scenes without a remainder', () => {
    expect(estimateSeconds({ scenes: Array.from({ length: 200 }, () => ({ duration: 0.2 })) })).toBe(40);
  });
});
