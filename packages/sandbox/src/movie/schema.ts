import { POSITIONS } from './position.ts';

const HEX_COLOR = '^#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})$';

/** Marks what PhantomFlow's pages do not show: the local engine draws it, the vendor may refuse it. */
const LOCAL = { 'x-local-extension': true } as const;

const color = {
  type: 'string',
  pattern: HEX_COLOR,
  description: 'Hex colour: #RGB, #RGBA, #RRGGBB or #RRGGBBAA.',
} as const;

const anyElement = {
  type: { enum: ['text', 'image'], description: 'What the element shows.' },
  position: { enum: POSITIONS, default: 'center', description: 'Where in the frame the element stands.' },
  x: { type: 'number', ...LOCAL, description: 'Left edge in pixels; replaces the horizontal part of `position`.' },
  y: { type: 'number', ...LOCAL, description: 'Top edge in pixels; replaces the vertical part of `position`.' },
  width: { type: 'number', exclusiveMinimum: 0, ...LOCAL, description: 'Box width in pixels; text wraps inside it.' },
  height: { type: 'number', exclusiveMinimum: 0, ...LOCAL, description: 'Box height in pixels, for images.' },
  opacity: { type: 'number', minimum: 0, maximum: 1, default: 1, ...LOCAL },
  start: { type: 'number', minimum: 0, default: 0, ...LOCAL, description: 'Seconds into the scene.' },
  duration: { type: 'number', exclusiveMinimum: 0, ...LOCAL, description: 'Seconds on screen; default: to the end.' },
} as const;

const textElement = {
  text: { type: 'string', minLength: 1, maxLength: 5_000 },
  font_size: { type: 'number', exclusiveMinimum: 0, maximum: 1_000, default: 48, description: 'Pixels.' },
  color: { ...color, default: '#FFFFFF' },
  font_weight: { enum: ['normal', 'bold', 400, 700], default: 'normal', ...LOCAL },
  align: { enum: ['left', 'center', 'right'], ...LOCAL, description: 'Of the lines of a wrapped text.' },
} as const;

const imageElement = {
  src: { type: 'string', format: 'uri', description: 'Public URL of a PNG, JPEG or WebP.' },
  fit: { enum: ['contain', 'cover', 'fill'], default: 'contain', ...LOCAL },
} as const;

/**
 * The movie script of `POST /api/render` as JSON Schema draft-07. Known keys are typed, unknown keys pass: the vendor's
 * pages show parts of the format only (facts on the movie-script schema). `x-local-extension` is an annotation; a strict
 * validator must be told about that keyword.
 */
export const MOVIE_SCHEMA = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Movie script',
  type: 'object',
  required: ['scenes'],
  properties: {
    width: { type: 'integer', minimum: 16, maximum: 3840, default: 1920, description: 'Pixels.' },
    height: { type: 'integer', minimum: 16, maximum: 3840, default: 1080, description: 'Pixels.' },
    fps: { type: 'number', minimum: 1, maximum: 60, default: 30, description: 'Frames per second.' },
    quality: { enum: ['low', 'medium', 'high'], default: 'high' },
    scenes: { type: 'array', minItems: 1, maxItems: 200, items: { $ref: '#/definitions/scene' } },
    webhook_uri: { type: 'string', format: 'uri', description: 'Receives one POST when the job ends.' },
    exports: { type: 'array', description: 'Delivery targets.' },
  },
  definitions: {
    scene: {
      type: 'object',
      properties: {
        duration: { type: 'number', exclusiveMinimum: 0, maximum: 600, default: 5, description: 'Seconds.' },
        background: { ...color, default: '#000000' },
        elements: { type: 'array', maxItems: 100, items: { $ref: '#/definitions/element' } },
      },
    },
    element: {
      type: 'object',
      required: ['type'],
      properties: { ...anyElement, ...textElement, ...imageElement },
      // biome-ignore-start lint/suspicious/noThenProperty: a keyword of JSON Schema
      allOf: [
        { if: { properties: { type: { const: 'text' } }, required: ['type'] }, then: { required: ['text'] } },
        { if: { properties: { type: { const: 'image' } }, required: ['type'] }, then: { required: ['src'] } },
      ],
      // biome-ignore-end lint/suspicious/noThenProperty: a keyword of JSON Schema
    },
  },
} as const;

/** Keys that the local engine understands; others are kept and reported as not drawn. */
export const SCENE_KEYS: ReadonlySet<string> = new Set(Object.keys(MOVIE_SCHEMA.definitions.scene.properties));
export const TEXT_KEYS: ReadonlySet<string> = new Set(Object.keys({ ...anyElement, ...textElement }));
export const IMAGE_KEYS: ReadonlySet<string> = new Set(Object.keys({ ...anyElement, ...imageElement }));
