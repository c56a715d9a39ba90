import * as v from 'valibot';
import { CALL_FIELDS, callOptions } from '../../arguments/call-options.ts';
import { options as optionsOf, unchecked } from '../../arguments/check-argument.ts';
import { guard } from '../../arguments/guard.ts';
import { TEXT } from '../../arguments/rule.ts';
import type { CallOptions } from '../../contract/client.ts';
import { type DefinedFields, definedFields } from '../../decode/defined-fields.ts';
import { badAnswer } from '../../decode/error-answer.ts';
import { asObject, type JsonObject } from '../../decode/json-body.ts';
import { looseFlag, looseNumber, looseText } from '../../decode/scalars.ts';
import { wireObject } from '../../decode/wire-object.ts';
import { typed } from '../../errors/internal.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HttpResponse } from '../../ports/http-transport.ts';
import { RENDOBAR_DIALECT } from '../../providers/rendobar/errors.ts';
import type { ApiCaller } from '../api-caller.ts';
import { apiPath, apiQuery, readObject, readObjects } from './resources.ts';

/** How long a schema is believed without asking (Rendobar: edge-cached 300 seconds). */
const SCHEMA_FRESH_MS = 300_000;
/** Types are few; this only bounds what a caller can make us keep. */
const MAX_SCHEMAS = 100;

/** One entry of the catalogue of job types. */
export interface RendobarJobType {
  /** The name to submit, for example `ffmpeg`. */
  readonly type: string;
  readonly tag?: string;
  readonly summary?: string;
  readonly acceptsMedia: readonly string[];
  readonly useCases: readonly string[];
  /** Types whose jobs work well on this one's output. */
  readonly chainsWith: readonly string[];
}

/** What a job type takes. Empty `fields` mean that only the JSON Schema tells (compose, image.generate, image.edit). */
export interface RendobarJobTypeSchema {
  readonly type: string;
  /** Form fields of `params`, as the API sends them. */
  readonly fields: readonly JsonObject[];
  readonly inputs?: JsonObject;
  readonly discriminator?: unknown;
  /** The JSON Schema of `params`. */
  readonly jsonSchema?: JsonObject;
}

/** One model of the generation job types. */
export interface RendobarModel {
  readonly id: string;
  readonly jobs: readonly string[];
  readonly tier?: string;
  readonly underReview?: boolean;
  /** `$` to `$$$$`. */
  readonly priceTier?: string;
  readonly maxRefImages?: number;
  readonly steps?: { readonly default?: number; readonly min?: number; readonly max?: number };
  readonly supports?: { readonly negativePrompt?: boolean; readonly guidance?: boolean };
  readonly enhanceDefault?: boolean;
  readonly status?: string;
}

/** What Rendobar can do, in its own words. */
export interface RendobarCatalogue {
  types(options?: CallOptions): Promise<readonly RendobarJobType[]>;
  /** What one job type takes. Kept for five minutes, then asked for again only in case it has changed (ETag). */
  schema(type: string, options?: CallOptions): Promise<RendobarJobTypeSchema>;
  /** The generation models, of one job type or of all. */
  models(options?: CallOptions & { readonly job?: string | undefined }): Promise<readonly RendobarModel[]>;
}

interface KeptSchema {
  readonly schema: RendobarJobTypeSchema;
  readonly etag: string | undefined;
  readonly readAt: number;
}

const words = v.fallback(
  v.optional(v.array(v.string()), () => []),
  () => [],
);
const wireType = wireObject({
  tag: looseText,
  summary: looseText,
  acceptsMedia: words,
  useCases: words,
  chainsWith: words,
});
const wireModel = wireObject({
  jobs: words,
  tier: looseText,
  underReview: looseFlag,
  priceTier: looseText,
  maxRefImages: looseNumber,
  steps: v.fallback(v.optional(wireObject({ default: looseNumber, min: looseNumber, max: looseNumber })), undefined),
  supports: v.fallback(v.optional(wireObject({ negativePrompt: looseFlag, guidance: looseFlag })), undefined),
  enhanceDefault: looseFlag,
  status: looseText,
});

export function createCatalogue(clock: Clock, call: ApiCaller): RendobarCatalogue {
  const kept = new Map<string, KeptSchema>();

  async function schema(type: string, options?: CallOptions): Promise<RendobarJobTypeSchema> {
    const path = apiPath('/jobs/types', 'type', type, '/schema');
    const known = kept.get(type);
    if (known !== undefined && clock.now() - known.readAt < SCHEMA_FRESH_MS) return known.schema;
    const headers: Record<string, string> = known?.etag === undefined ? {} : { 'if-none-match': known.etag };
    const answers = known?.etag === undefined ? [] : [304];
    const read = (response: HttpResponse): KeptSchema => {
      const readAt = clock.now();
      if (response.status === 304 && known !== undefined) return { ...known, readAt };
      return { schema: readSchema(response, type), etag: response.headers.etag, readAt };
    };
    const fresh = await call({ method: 'GET', path, headers, answers }, { options, read });
    kept.delete(type);
    kept.set(type, fresh);
    const [oldest] = kept.keys();
    if (kept.size > MAX_SCHEMAS && oldest !== undefined) kept.delete(oldest);
    return fresh.schema;
  }

  const catalogue: RendobarCatalogue = {
    types: (options) => call({ method: 'GET', path: '/jobs/types' }, { options, read: readTypes }),
    schema: (type, options) => typed(() => schema(type, options)),
    models: ({ job, ...options } = {}) =>
      call({ method: 'GET', path: `/models${apiQuery({ job })}` }, { options, read: readModels }),
  };
  return guard(catalogue, {
    types: [callOptions],
    // The name is checked where the path is made.
    schema: [unchecked, callOptions],
    models: [optionsOf({ ...CALL_FIELDS, job: TEXT })],
  });
}

function readTypes(response: HttpResponse): readonly RendobarJobType[] {
  return readObjects(response).flatMap((entry) =>
    typeof entry.type === 'string' ? [{ type: entry.type, ...definedFields(v.parse(wireType, entry)) }] : [],
  );
}

function readModels(response: HttpResponse): readonly RendobarModel[] {
  return readObjects(response).flatMap((entry) => {
    if (typeof entry.id !== 'string') return [];
    const { steps, supports, ...model } = definedFields(v.parse(wireModel, entry));
    return [{ id: entry.id, ...model, ...inner({ steps, supports }) }];
  });
}

/** Leaves undefined fields out of objects one level down. */
function inner<T extends Readonly<Record<string, object | undefined>>>(fields: T) {
  const pairs = Object.entries(fields).flatMap(([name, value]) =>
    value ? [[name, definedFields(value)] as const] : [],
  );
  return Object.fromEntries(pairs) as { readonly [K in keyof T]?: DefinedFields<NonNullable<T[K]>> };
}

function readSchema(response: HttpResponse, asked: string): RendobarJobTypeSchema {
  const { type, fields, inputs, discriminator, jsonSchema } = readObject(response);
  const listed = Array.isArray(fields) ? fields.map(asObject).filter((field) => field !== undefined) : undefined;
  const schema = asObject(jsonSchema);
  if (listed === undefined && schema === undefined) throw badAnswer(RENDOBAR_DIALECT, response, 'no schema');
  return {
    type: typeof type === 'string' ? type : asked,
    fields: listed ?? [],
    ...definedFields({ inputs: asObject(inputs), discriminator: discriminator ?? undefined, jsonSchema: schema }),
  };
}
