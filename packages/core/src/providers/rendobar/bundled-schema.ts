import { asObject } from '../../decode/json-body.ts';

const TEXT = { type: 'string', minLength: 1 } as const;
/** A URL, inline content, or the output of another job (Rendobar job page: "Inputs"). */
const SOURCE = { anyOf: [TEXT, { type: 'object' }] } as const;
const SECONDS = { type: 'number', exclusiveMinimum: 0 } as const;

const withSource = { type: 'object', required: ['source'], properties: { source: SOURCE } } as const;
const command = { type: 'string', minLength: 1, maxLength: 16_384 } as const;

const image = {
  prompt: { type: 'string', minLength: 1, maxLength: 4_000 },
  model: TEXT,
  width: { type: 'integer', minimum: 1, maximum: 4_096 },
  height: { type: 'integer', minimum: 1, maximum: 4_096 },
  seed: { type: 'number' },
  enhancePrompt: { type: 'boolean' },
  negativePrompt: { type: 'string', maxLength: 1_000 },
} as const;

interface JobType {
  readonly inputs?: object;
  readonly params: { readonly type: 'object'; readonly required: readonly string[]; readonly properties: object };
}

const params = (properties: object, required: readonly string[] = []): JobType['params'] => ({
  type: 'object',
  required,
  properties,
});

/** The parts of a body that a job type decides. Only what the page of the type proves: other keys and values pass. */
const TYPES: Readonly<Record<string, JobType>> = {
  ffmpeg: {
    params: params({ command, timeout: SECONDS, compute: { enum: ['auto', 'cpu', 'gpu'] } }, ['command']),
  },
  ffprobe: { params: params({ command, timeout: SECONDS }, ['command']) },
  compose: { params: params({ output: { type: 'object' }, timeline: { type: 'object' } }) },
  'compress.target': {
    inputs: withSource,
    params: params({
      for: { enum: ['web', 'archive'] },
      compatibility: { enum: ['modern', 'broad', 'legacy'] },
      effort: { enum: ['fast', 'balanced', 'thorough'] },
      forceReencode: { type: 'boolean' },
      dryRun: { type: 'boolean' },
      timeout: SECONDS,
    }),
  },
  'caption.burn': {
    inputs: withSource,
    params: params({
      fontSize: { type: 'number', minimum: 8, maximum: 400 },
      bold: { type: 'boolean' },
      italic: { type: 'boolean' },
      outlineWidth: { type: 'number', minimum: 0, maximum: 20 },
      position: { enum: ['bottom', 'center', 'top'] },
      alignment: { enum: ['left', 'center', 'right'] },
      maxCharsPerLine: { type: 'integer', minimum: 10, maximum: 80 },
    }),
  },
  'captions.animate': { inputs: withSource, params: params({ mode: { enum: ['fast', 'balanced', 'accurate'] } }) },
  'image.generate': { params: params(image, ['prompt']) },
  'image.edit': {
    inputs: {
      type: 'object',
      required: ['images'],
      properties: { images: { anyOf: [TEXT, { type: 'array', minItems: 1, maxItems: 4 }] } },
    },
    params: params(image),
  },
  'image.upscale': { inputs: withSource, params: params({ sizing: { type: 'object' } }) },
};

function bodySchema({ inputs, params: ofType }: JobType): object {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    required: ['type', ...(inputs === undefined ? [] : ['inputs']), ...(ofType.required.length > 0 ? ['params'] : [])],
    properties: {
      type: { type: 'string' },
      inputs: inputs ?? { type: 'object' },
      params: ofType,
      idempotencyKey: { type: 'string', minLength: 1 },
      callback: { type: 'object', required: ['url'], properties: { url: TEXT } },
    },
  };
}

const SCHEMAS: Readonly<Record<string, object>> = Object.fromEntries(
  Object.entries(TYPES).map(([type, parts]) => [type, bodySchema(parts)]),
);

/** The schema of the body of POST /jobs for one of the nine live types; undefined for any other. */
export function bundledSchema(request: unknown): object | undefined {
  const type = asObject(request)?.type;
  // The old name of the type is still taken.
  const known = type === 'raw.ffmpeg' ? 'ffmpeg' : type;
  return typeof known === 'string' && Object.hasOwn(SCHEMAS, known) ? SCHEMAS[known] : undefined;
}
