/** Rendobar ffmpeg page: the endings that `outputFormat` may name. */
const OUTPUT_FORMATS = [
  'mp4',
  'mkv',
  'webm',
  'mov',
  'avi',
  'ts',
  'gif',
  'png',
  'jpg',
  'mp3',
  'wav',
  'flac',
  'ogg',
  'aac',
  'opus',
  'm4a',
  'srt',
  'vtt',
];

/** Rendobar's n8n node (August 2026): the nine live types. Only `ffmpeg` renders here. */
export const LIVE_TYPES: readonly string[] = [
  'ffmpeg',
  'ffprobe',
  'compose',
  'compress.target',
  'caption.burn',
  'captions.animate',
  'image.generate',
  'image.edit',
  'image.upscale',
];

/** The type as it is stored: `raw.ffmpeg` is the old name, still taken. */
export function canonicalType(type: string): string {
  return type === 'raw.ffmpeg' ? 'ffmpeg' : type;
}

const INPUT_SCHEMA = {
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

const FFMPEG_PARAMS_SCHEMA = {
  type: 'object',
  required: ['command'],
  properties: {
    command: { type: 'string', minLength: 1, maxLength: 16_384, description: 'One FFmpeg command line.' },
    outputFormat: { type: 'string', enum: OUTPUT_FORMATS, description: 'Overrides the ending of the output.' },
    timeout: { type: 'integer', exclusiveMinimum: 0, description: 'Seconds; shortens the budget of the plan.' },
    compute: { type: 'string', enum: ['auto', 'cpu', 'gpu'], default: 'auto' },
  },
};

/** The body of POST /jobs for type `ffmpeg`. */
export const FFMPEG_SUBMIT_SCHEMA = {
  type: 'object',
  required: ['type', 'params'],
  properties: {
    type: { type: 'string' },
    inputs: { type: 'object', additionalProperties: INPUT_SCHEMA },
    params: FFMPEG_PARAMS_SCHEMA,
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

export const FFMPEG_ENTRY = {
  type: 'ffmpeg',
  tag: 'FFmpeg',
  summary: 'Run one FFmpeg command on video, audio or images.',
  acceptsMedia: ['video', 'audio', 'image'],
};

/** GET /jobs/types/ffmpeg/schema: form fields and the JSON Schema of the same params. */
export const FFMPEG_SCHEMA_VIEW = {
  type: 'ffmpeg',
  fields: [
    { key: 'command', name: 'command', label: 'Command', type: 'string', required: true, maxLength: 16_384 },
    {
      key: 'outputFormat',
      name: 'outputFormat',
      label: 'Output format',
      type: 'options',
      required: false,
      options: OUTPUT_FORMATS.map((value) => ({ label: value.toUpperCase(), value })),
    },
    { key: 'timeout', name: 'timeout', label: 'Timeout (seconds)', type: 'number', required: false, min: 1 },
    {
      key: 'compute',
      name: 'compute',
      label: 'Compute',
      type: 'options',
      required: false,
      default: 'auto',
      options: ['auto', 'cpu', 'gpu'].map((value) => ({ label: value, value })),
      advanced: true,
    },
  ],
  inputs: { fields: [], variadic: true },
  jsonSchema: FFMPEG_PARAMS_SCHEMA,
};
