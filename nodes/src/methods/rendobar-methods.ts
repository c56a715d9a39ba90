import { cleanText, type RendobarJobTypeSchema } from '@renderq/core';
import type {
  FieldType,
  ILoadOptionsFunctions,
  INodePropertyOptions,
  ResourceMapperField,
  ResourceMapperFields,
} from 'n8n-workflow';
import { openRendobar } from '../host/open-account.ts';
import { INPUT_PREFIX } from '../operations/rendobar/job-request.ts';
import { loadFromAccount } from './load-from-account.ts';

/** A person waits for the panel to fill. */
const PATIENCE_MS = 10_000;

/** The job types of Rendobar's live catalogue. */
export async function getJobTypes(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
  const types = await loadFromAccount(this, 'rendobar', openRendobar, ({ catalogue }) =>
    catalogue.types({ maxQueueMs: PATIENCE_MS }),
  );
  return types
    .map(({ type, summary }) => ({ name: type, value: type, ...(summary !== undefined && { description: summary }) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The form of the chosen job type, as its live schema tells it. */
export async function getJobFields(this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
  const type = String(this.getCurrentNodeParameter('jobType') ?? '');
  if (type === '') return { fields: [], emptyFieldsNotice: 'Choose a job type first.' };
  const schema = await loadFromAccount(this, 'rendobar', openRendobar, ({ catalogue }) =>
    catalogue.schema(type, { maxQueueMs: PATIENCE_MS }),
  );
  const fields = jobFields(schema);
  return { fields, ...(fields.length === 0 && { emptyFieldsNotice: 'This job type has no form: use JSON.' }) };
}

/** The fields of a job type: its inputs first, then its params; where there is no form, those of the JSON Schema. */
export function jobFields({ fields, inputs, jsonSchema }: RendobarJobTypeSchema): ResourceMapperField[] {
  const listed = Array.isArray(inputs?.fields) ? inputs.fields : [];
  const params = fields.length > 0 ? fields : schemaProperties(jsonSchema);
  return [
    ...listed.flatMap((field) => toField(field, INPUT_PREFIX) ?? []),
    ...params.flatMap((field) => toField(field, '') ?? []),
  ];
}

const TYPES: Readonly<Record<string, FieldType>> = {
  number: 'number',
  integer: 'number',
  boolean: 'boolean',
  options: 'options',
  json: 'object',
  object: 'object',
  array: 'array',
};

function toField(raw: unknown, prefix: string): ResourceMapperField | undefined {
  if (typeof raw !== 'object' || raw === null) return undefined;
  const {
    key,
    name,
    label,
    type,
    required,
    default: initial,
    options,
    advanced,
    multiple,
  } = raw as Record<string, unknown>;
  const id = typeof key === 'string' ? key : name;
  if (typeof id !== 'string' || id === '') return undefined;
  const choices = optionsOf(options);
  const fieldType = multiple === true ? 'array' : (TYPES[String(type)] ?? 'string');
  const isPlain = ['string', 'number', 'boolean'].includes(typeof initial);
  return {
    id: `${prefix}${id}`,
    displayName: `${prefix === '' ? '' : 'Input: '}${cleanText(typeof label === 'string' ? label : id, 60)}`,
    required: required === true,
    defaultMatch: false,
    canBeUsedToMatch: false,
    display: true,
    removed: advanced === true || required !== true,
    type: fieldType === 'options' && choices.length === 0 ? 'string' : fieldType,
    ...(choices.length > 0 && { options: choices }),
    ...(isPlain && { defaultValue: initial as string | number | boolean }),
  };
}

function optionsOf(options: unknown): INodePropertyOptions[] {
  if (!Array.isArray(options)) return [];
  return options.flatMap((option) => {
    const { label, value } = (typeof option === 'object' && option !== null ? option : { value: option }) as {
      readonly label?: unknown;
      readonly value?: unknown;
    };
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return [];
    return [{ name: cleanText(typeof label === 'string' ? label : String(value), 60), value }];
  });
}

/** The first level of a JSON Schema, in the form of the catalogue's fields. */
function schemaProperties(schema: RendobarJobTypeSchema['jsonSchema']): readonly unknown[] {
  const { properties, required } = schema ?? {};
  if (typeof properties !== 'object' || properties === null) return [];
  const needed: readonly unknown[] = Array.isArray(required) ? required : [];
  return Object.entries(properties).map(([key, property]) => {
    const { type, title, enum: values, default: initial } = (property ?? {}) as Record<string, unknown>;
    const isChoice = Array.isArray(values);
    return {
      key,
      label: title ?? key,
      type: isChoice ? 'options' : type,
      required: needed.includes(key),
      default: initial,
      ...(isChoice && { options: values.map((value) => ({ label: String(value), value })) }),
    };
  });
}
