/** What one job type takes: its place in the list, the params as JSON Schema, and the names of its inputs. */
export interface JobTypeSpec {
  readonly type: string;
  readonly tag: string;
  readonly summary: string;
  readonly acceptsMedia: readonly string[];
  readonly params: ObjectSchema;
  readonly inputs: readonly InputSpec[];
  /** Any file name is an input, as in a command. */
  readonly isVariadic?: boolean;
  /** Unions of shapes have no form. */
  readonly hasNoForm?: boolean;
}

export interface InputSpec {
  readonly key: string;
  readonly isRequired: boolean;
  readonly isList?: boolean;
}

export interface ObjectSchema {
  readonly type: 'object';
  readonly required: readonly string[];
  readonly properties: Readonly<Record<string, object>>;
}

const text = { type: 'string' };
const flag = (value: boolean) => ({ type: 'boolean', default: value });
const choice = (values: readonly string[], value?: string) => ({
  type: 'string',
  enum: values,
  ...(value === undefined ? {} : { default: value }),
});
const number = (minimum: number, maximum: number, value?: number) => ({
  type: 'number',
  minimum,
  maximum,
  ...(value === undefined ? {} : { default: value }),
});
/** Rendobar ffmpeg page: seconds; it can only shorten what the plan allows. */
const timeout = { type: 'integer', exclusiveMinimum: 0 };
const params = (properties: Readonly<Record<string, object>>, required: readonly string[] = []): ObjectSchema => ({
  type: 'object',
  required,
  properties: { ...properties, timeout },
});
const source: InputSpec = { key: 'source', isRequired: true };
const optional = (key: string): InputSpec => ({ key, isRequired: false });

/** Rendobar image pages: what generation and editing share. */
const imageParams = params(
  {
    prompt: { type: 'string', minLength: 1, maxLength: 4000 },
    model: { type: 'string', default: 'economy', description: 'A tier, or the id of a model.' },
    width: { type: 'integer', minimum: 1, maximum: 4096 },
    height: { type: 'integer', minimum: 1, maximum: 4096 },
    seed: { type: 'integer' },
    enhancePrompt: { type: 'boolean' },
    steps: { type: 'integer', minimum: 1 },
    guidance: number(1, 10),
    negativePrompt: { type: 'string', maxLength: 1000 },
  },
  ['prompt'],
);

/** The eight live types beside `ffmpeg`, from Rendobar's pages of each. Names and ranges; the cut pages may have more. */
export const OTHER_TYPES: readonly JobTypeSpec[] = [
  {
    type: 'ffprobe',
    tag: 'FFmpeg',
    summary: 'Read what a file is made of.',
    acceptsMedia: ['video', 'audio', 'image'],
    params: params({ command: { type: 'string', minLength: 1, maxLength: 16_384 } }, ['command']),
    inputs: [],
    isVariadic: true,
  },
  {
    type: 'compose',
    tag: 'Compose',
    summary: 'Make a film from a timeline.',
    acceptsMedia: ['video', 'audio', 'image'],
    params: params({
      schemaVersion: { const: 1 },
      output: { type: 'object' },
      timeline: { type: 'object' },
    }),
    inputs: [{ key: 'fonts', isRequired: false, isList: true }, optional('font')],
    hasNoForm: true,
  },
  {
    type: 'compress.target',
    tag: 'Compress',
    summary: 'Make a file smaller, to a quality or a size.',
    acceptsMedia: ['video', 'audio', 'image'],
    params: params({
      for: choice(['web', 'archive']),
      target: {
        anyOf: [
          choice(['visually-lossless', 'balanced', 'efficient']),
          number(1, 100),
          { type: 'object', required: ['maxSize'], properties: { maxSize: text } },
          { type: 'object', required: ['maxBytes'], properties: { maxBytes: { type: 'integer', minimum: 1 } } },
          { type: 'object', required: ['bitrate'], properties: { bitrate: { type: 'number', exclusiveMinimum: 0 } } },
        ],
        default: 'balanced',
      },
      compatibility: choice(['modern', 'broad', 'legacy'], 'broad'),
      codec: { type: 'string', default: 'auto' },
      maxResolution: { type: ['integer', 'string'] },
      alpha: { type: 'string', default: 'preserve' },
      metadata: choice(['all', 'colorOnly', 'none'], 'colorOnly'),
      effort: choice(['fast', 'balanced', 'thorough'], 'balanced'),
      forceReencode: flag(false),
      dryRun: flag(false),
      video: { type: 'object' },
      audio: { type: 'object' },
      tuning: { type: 'object' },
    }),
    inputs: [source],
  },
  {
    type: 'caption.burn',
    tag: 'Captions',
    summary: 'Burn subtitles into a video.',
    acceptsMedia: ['video'],
    params: params({
      language: { type: 'string', default: 'auto' },
      font: { type: 'string', default: 'Inter' },
      fontSize: number(8, 400, 48),
      fontColor: { type: 'string', default: '#FFFFFF' },
      bold: flag(true),
      italic: flag(false),
      outlineColor: { type: 'string', default: '#000000' },
      outlineWidth: number(0, 20, 2),
      shadow: number(0, 20, 1),
      boxEnabled: flag(false),
      boxColor: text,
      boxOpacity: number(0, 1, 0.6),
      position: choice(['bottom', 'center', 'top'], 'bottom'),
      alignment: choice(['left', 'center', 'right'], 'center'),
      marginV: number(0, 2000, 60),
      marginH: number(0, 2000, 40),
      maxCharsPerLine: number(10, 80),
    }),
    inputs: [source, optional('subtitles'), optional('font')],
  },
  {
    type: 'captions.animate',
    tag: 'Captions',
    summary: 'Animate the words of a video.',
    acceptsMedia: ['video'],
    params: params({
      preset: choice(
        [
          'hormozi',
          'mrbeast',
          'tiktok',
          'pill',
          'karaoke',
          'word-pop',
          'minimal',
          'subtitle-block',
          'neon',
          'gold',
          'reveal',
        ],
        'hormozi',
      ),
      language: text,
      mode: choice(['fast', 'balanced', 'accurate']),
      style: { type: 'object' },
      autoEmphasis: flag(false),
      translateTo: choice(['es', 'fr', 'de', 'pt', 'it', 'nl']),
      captionData: flag(false),
    }),
    inputs: [source, optional('subtitles'), optional('font')],
  },
  {
    type: 'image.generate',
    tag: 'Images',
    summary: 'Make a picture from words.',
    acceptsMedia: [],
    params: imageParams,
    inputs: [],
    hasNoForm: true,
  },
  {
    type: 'image.edit',
    tag: 'Images',
    summary: 'Change pictures by words.',
    acceptsMedia: ['image'],
    params: imageParams,
    inputs: [{ key: 'images', isRequired: true, isList: true }],
    hasNoForm: true,
  },
  {
    type: 'image.upscale',
    tag: 'Images',
    summary: 'Make a picture larger.',
    acceptsMedia: ['image'],
    params: params({
      model: choice(['seedvr2-3b', 'seedvr2-7b']),
      sizing: { type: 'object', required: ['mode'], properties: { mode: choice(['factor', 'height']) } },
      inputNoise: { type: 'number', default: 0.1 },
      inputScale: number(0.25, 1, 1),
      passes: { type: 'integer', minimum: 1 },
      latentNoise: { type: 'number', default: 0 },
      colorCorrection: choice(['lab', 'wavelet', 'wavelet_adaptive', 'hsv', 'adain', 'none']),
      seed: { type: 'integer', default: 42 },
    }),
    inputs: [source],
  },
];
