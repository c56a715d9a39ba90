import { type JobTypeSpec, type ObjectSchema, OTHER_TYPES } from './job-type-schemas.ts';

/** Rendobar ffmpeg page: the endings that `outputFormat` may name. */
const OUTPUT_FORMATS = 'mp4 mkv webm mov avi ts gif png jpg mp3 wav flac ogg aac opus m4a srt vtt'.split(' ');

const FFMPEG_PARAMS: ObjectSchema = {
  type: 'object',
  required: ['command'],
  properties: {
    command: { type: 'string', minLength: 1, maxLength: 16_384, description: 'One FFmpeg command line.' },
    outputFormat: { type: 'string', enum: OUTPUT_FORMATS, description: 'Overrides the ending of the output.' },
    timeout: { type: 'integer', exclusiveMinimum: 0, description: 'Seconds; shortens the budget of the plan.' },
    compute: { type: 'string', enum: ['auto', 'cpu', 'gpu'], default: 'auto' },
  },
};

const FFMPEG: JobTypeSpec = {
  type: 'ffmpeg',
  tag: 'FFmpeg',
  summary: 'Run one FFmpeg command on video, audio or images.',
  acceptsMedia: ['video', 'audio', 'image'],
  params: FFMPEG_PARAMS,
  inputs: [],
  isVariadic: true,
};

/** Rendobar's n8n node (August 2026): the nine live types. Only `ffmpeg` renders here. */
const SPECS: readonly JobTypeSpec[] = [FFMPEG, ...OTHER_TYPES];

/** The only type that the local engine renders; jobs of the others serve for rehearsed ends. */
export const RENDERED_TYPE = FFMPEG.type;

/** The type as it is stored: `raw.ffmpeg` is the old name, still taken. */
export function canonicalType(type: string): string {
  return type === 'raw.ffmpeg' ? RENDERED_TYPE : type;
}

export function findType(type: string): JobTypeSpec | undefined {
  return SPECS.find((spec) => spec.type === canonicalType(type));
}

/** GET /jobs/types. */
export const TYPE_LIST = SPECS.map(({ type, tag, summary, acceptsMedia }) => ({
  type,
  tag,
  summary: type === RENDERED_TYPE ? summary : `${summary} (The local sandbox does not render this type.)`,
  acceptsMedia,
}));

const SOURCE_SCHEMA = {
  anyOf: [
    { type: 'string', minLength: 1 },
    {
      type: 'object',
      properties: {
        url: { type: 'string', minLength: 1 },
        content: { type: 'string', maxLength: 65_536 },
        job: { type: 'string', pattern: '^job_[A-Za-z0-9_-]+$' },
      },
    },
  ],
};

const inputsSchema = ({ inputs, isVariadic }: JobTypeSpec) => {
  if (isVariadic) return { type: 'object', additionalProperties: SOURCE_SCHEMA };
  const named = inputs.map(({ key, isList }) => [key, isList ? { type: 'array', minItems: 1 } : SOURCE_SCHEMA]);
  return {
    type: 'object',
    required: inputs.filter(({ isRequired }) => isRequired).map(({ key }) => key),
    properties: Object.fromEntries(named),
  };
};

/** The body of POST /jobs for one type. */
export function submitSchema(spec: JobTypeSpec): object {
  const needsInputs = spec.inputs.some(({ isRequired }) => isRequired);
  return {
    type: 'object',
    required: ['type', 'params', ...(needsInputs ? ['inputs'] : [])],
    properties: {
      type: { type: 'string' },
      inputs: inputsSchema(spec),
      params: spec.params,
      idempotencyKey: { type: 'string', minLength: 1 },
      callback: {
        type: 'object',
        required: ['url'],
        properties: {
          url: { type: 'string', format: 'uri' },
          headers: { type: 'object', additionalProperties: { type: 'string' } },
          verify: { type: 'boolean' },
          events: { type: 'array', items: { enum: ['job.started'] } },
        },
      },
      destinations: { type: 'array', items: { type: 'string', pattern: '^storage://' } },
    },
  };
}
