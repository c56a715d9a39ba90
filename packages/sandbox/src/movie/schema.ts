import { POSITIONS } from './position.ts';

const HEX_COLOR = '^#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})$';

/** Marks what PhantomFlow's pages do not show: the local engine draws it, the vendor may refuse it. */
const LOCAL = { 'x-local-extension': true } as const;

/** The values of an enumeration that PhantomFlow's pages do not show. */
const localValues = <const V>(...values: readonly V[]) => ({ 'x-local-values': values }) as const;

const color = {
  type: 'string',
  pattern: HEX_COLOR,
  description: 'Hex colour: #RGB, #RGBA, #RRGGBB or #RRGGBBAA.',
} as const;

const sourceUrl = { type: 'string', format: 'uri' } as const;
const seconds = { type: 'number', minimum: 0 } as const;

/** Scene changes that every supported FFmpeg can draw (`xfade`, 4.4). */
export const TRANSITIONS =
  `fade fadeblack fadewhite fadegrays dissolve pixelize radial circleopen circleclose circlecrop
  rectcrop vertopen vertclose horzopen horzclose slideleft slideright slideup slidedown smoothleft smoothright smoothup
  smoothdown wipeleft wiperight wipeup wipedown wipetl wipetr wipebl wipebr diagtl diagtr diagbl diagbr hlslice hrslice
  vuslice vdslice squeezeh squeezev`.split(/\s+/);

const DOCUMENTED_POSITIONS: readonly string[] = ['center', 'bottom-center'];

const anyElement = {
  type: {
    enum: ['text', 'image', 'video', 'audio'],
    ...localValues('video', 'audio'),
    description: 'What the element shows or plays.',
  },
  start: { ...seconds, default: 0, ...LOCAL, description: 'Seconds into the scene.' },
  duration: {
    type: 'number',
    exclusiveMinimum: 0,
    ...LOCAL,
    description: 'Seconds on screen; default: to the end of the scene, or of a video.',
  },
  fade_in: { ...seconds, default: 0, ...LOCAL, description: 'Seconds in which the element appears.' },
  fade_out: { ...seconds, default: 0, ...LOCAL, description: 'Seconds in which the element disappears.' },
} as const;

const visibleElement = {
  position: {
    enum: POSITIONS,
    default: 'center',
    ...localValues(...POSITIONS.filter((name) => !DOCUMENTED_POSITIONS.includes(name))),
    description: 'Where in the frame the element stands.',
  },
  x: { type: 'number', ...LOCAL, description: 'Left edge in pixels; replaces the horizontal part of `position`.' },
  y: { type: 'number', ...LOCAL, description: 'Top edge in pixels; replaces the vertical part of `position`.' },
  width: {
    type: 'number',
    exclusiveMinimum: 0,
    maximum: 8192,
    ...LOCAL,
    description: 'Box width in pixels; text wraps inside it.',
  },
  height: {
    type: 'number',
    exclusiveMinimum: 0,
    maximum: 8192,
    ...LOCAL,
    description: 'Box height in pixels, for images and videos.',
  },
  opacity: { type: 'number', minimum: 0, maximum: 1, default: 1, ...LOCAL },
} as const;

const audibleElement = {
  src: { ...sourceUrl, description: 'Public URL of the image, video or audio file.' },
  volume: { type: 'number', minimum: 0, maximum: 10, default: 1, ...LOCAL, description: '1 is as loud as the source.' },
  seek: { ...seconds, default: 0, ...LOCAL, description: 'Seconds of the source to skip.' },
  loop: { type: 'boolean', default: false, ...LOCAL, description: 'Begin again at the end of the source.' },
} as const;

const muted = { type: 'boolean', default: false, ...LOCAL, description: 'Leaves the sound of a video out.' } as const;

const textStyle = {
  font_size: { type: 'number', exclusiveMinimum: 0, maximum: 1_000, default: 48, description: 'Pixels.' },
  color: { ...color, default: '#FFFFFF' },
  background: { ...color, ...LOCAL, description: 'Colour of a box behind the text.' },
  font_weight: { enum: ['normal', 'bold', 400, 700], default: 'normal', ...LOCAL },
  align: { enum: ['left', 'center', 'right'], ...LOCAL, description: 'Of the lines of a wrapped text.' },
} as const;

const textElement = { text: { type: 'string', minLength: 1, maxLength: 5_000 }, ...textStyle } as const;
const fit = {
  enum: ['contain', 'cover', 'fill', 'blur'],
  default: 'contain',
  ...LOCAL,
  description: 'How the picture fills its box; `blur` stands whole on a blurred copy of itself.',
} as const;

const transition = {
  type: 'object',
  ...LOCAL,
  description: 'How the scene replaces the one before it. Both share that time, which shortens the film.',
  required: ['type'],
  properties: {
    type: { enum: TRANSITIONS },
    duration: { type: 'number', exclusiveMinimum: 0, maximum: 10, default: 0.5, description: 'Seconds.' },
  },
} as const;

const cue = {
  type: 'object',
  required: ['start', 'end', 'text'],
  properties: { start: seconds, end: seconds, text: { type: 'string', minLength: 1, maxLength: 1_000 } },
} as const;

const subtitles = {
  type: 'object',
  ...LOCAL,
  description: 'One line of text at a time over the whole film: `cues`, or `src` with a public SRT or WebVTT file.',
  properties: {
    src: { ...sourceUrl, description: 'Public URL of an SRT or WebVTT file.' },
    cues: { type: 'array', maxItems: 2_000, items: cue },
    position: visibleElement.position,
    ...textStyle,
  },
} as const;

const elements = { type: 'array', maxItems: 100, items: { $ref: '#/definitions/element' } } as const;

const scene = {
  duration: { type: 'number', exclusiveMinimum: 0, maximum: 600, default: 5, description: 'Seconds.' },
  background: { ...color, default: '#000000' },
  transition,
  elements,
} as const;

const requires = (type: string, key: string) => ({
  if: { properties: { type: { const: type } }, required: ['type'] },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: { required: [key] },
});

/**
 * The movie script of `POST /api/render` as JSON Schema draft-07. Known keys are typed, unknown keys pass: the vendor's
 * pages show parts of the format only (facts on the movie-script schema). `x-local-extension` marks keys and
 * `x-local-values` values that the vendor does not document; a strict validator must be told about these keywords.
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
    scenes: { type: 'array', minItems: 1, maxItems: 600, items: { $ref: '#/definitions/scene' } },
    elements: {
      ...elements,
      ...LOCAL,
      description: 'Elements of the whole film, above every scene: a logo, a soundtrack.',
    },
    subtitles,
    webhook_uri: { type: 'string', format: 'uri', description: 'Receives one POST when the job ends.' },
    exports: { type: 'array', description: 'Delivery targets.' },
  },
  definitions: {
    scene: { type: 'object', properties: scene },
    element: {
      type: 'object',
      required: ['type'],
      properties: { ...anyElement, ...visibleElement, ...textElement, ...audibleElement, muted, fit },
      allOf: [requires('text', 'text'), requires('image', 'src'), requires('video', 'src'), requires('audio', 'src')],
    },
  },
} as const;

const keysOf = (...groups: readonly object[]): ReadonlySet<string> => new Set(groups.flatMap(Object.keys));

/** Keys that the local engine understands; others are kept and reported as not drawn. */
export const MOVIE_KEYS = keysOf(MOVIE_SCHEMA.properties);
export const SCENE_KEYS = keysOf(scene);
export const ELEMENT_KEYS: Readonly<Record<'text' | 'image' | 'video' | 'audio', ReadonlySet<string>>> = {
  text: keysOf(anyElement, visibleElement, textElement),
  image: keysOf(anyElement, visibleElement, { src: 0, fit }),
  video: keysOf(anyElement, visibleElement, audibleElement, { muted, fit }),
  audio: keysOf(anyElement, audibleElement),
};
