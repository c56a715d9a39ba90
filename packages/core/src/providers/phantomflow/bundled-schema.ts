import { namesTemplate } from './template-render.ts';

/**
 * What PhantomFlow's pages prove of a movie script, and no more: an element type, a position or a limit that they do not
 * show is left to the service. (API reference: POST /api/render; templates page.)
 */
const MOVIE = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  required: ['scenes'],
  properties: {
    width: { type: 'integer', minimum: 1 },
    height: { type: 'integer', minimum: 1 },
    fps: { type: 'number', exclusiveMinimum: 0 },
    quality: { enum: ['low', 'medium', 'high'] },
    scenes: { type: 'array', minItems: 1, items: { $ref: '#/definitions/scene' } },
    webhook_uri: { type: 'string', pattern: '^[Hh][Tt][Tt][Pp][Ss]?://.' },
    exports: { type: 'array' },
  },
  definitions: {
    scene: {
      type: 'object',
      properties: {
        duration: { type: 'number' },
        elements: { type: 'array', items: { $ref: '#/definitions/element' } },
      },
    },
    element: {
      type: 'object',
      required: ['type'],
      properties: {
        type: { type: 'string', minLength: 1 },
        text: { type: 'string' },
        font_size: { type: 'number' },
        color: { type: 'string' },
        src: { type: 'string' },
      },
    },
  },
} as const;

/** Templates page: POST /api/render/template. Error page: a missing template_id is INVALID_REQUEST. */
const TEMPLATE_RENDER = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  required: ['template_id'],
  properties: {
    template_id: { type: 'string', minLength: 1 },
    variables: { type: 'object' },
    webhook_uri: MOVIE.properties.webhook_uri,
  },
} as const;

/** The schema of a movie script, or of the render of a stored template. */
export function bundledSchema(request: unknown): object {
  return namesTemplate(request) ? TEMPLATE_RENDER : MOVIE;
}
