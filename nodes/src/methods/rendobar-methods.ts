import { cleanText, type RendobarJobTypeSchema } from '@renderq/core';
import type {
  FieldType,
  ILoadOptionsFunctions,
  INodePropertyOptions,
  ResourceMapperField,
  ResourceMapperFields,
} from 'n8n-workflow';
import { openRendobar } from '../host/open-account.ts';
import { INPUT_PREFIX, JSON_PREFIX } from '../operations/rendobar/job-request.ts';
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
  const schemaFields = schemaProperties(jsonSchema);
  const params = fields.length > 0 ? fields.map((field) => precise(field, schemaFields)) : schemaFields;
  return [
    ...listed.flatMap((field) => toField(field, 'input') ?? []),
    ...params.flatMap((field) => toField(field, 'param') ?? []),
  ];
}

/** The catalogue says `json` of whatever is no plain value; its JSON Schema tells an object from a list. */
function precise(field: FormField, schemaFields: readonly FormField[]): FormField {
  if (field.type !== 'json') return field;
  return { ...field, type: schemaFields.find(({ key }) => key === (field.key ?? field.name))?.type ?? 'json' };
}

const TYPES: Readonly<Record<string, FieldType>> = {
  number: 'number',
  integer: 'number',
  boolean: 'boolean',
  options: 'options',
  object: 'object',
  array: 'array',
};

/** A field of the catalogue's form; what JSON Schema says is brought into the same. */
type FormField = Readonly<Record<string, unknown>>;

function toField(raw: unknown, kind: 'input' | 'param'): ResourceMapperField | undefined {
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
  // Neither "object" nor "array" of n8n takes all that JSON can be.
  const isJson = kind === 'param' && type === 'json';
  const prefix = kind === 'input' ? INPUT_PREFIX : isJson ? JSON_PREFIX : '';
  const title = cleanText(typeof label === 'string' ? label : id, 60);
  return {
    id: `${prefix}${id}`,
    displayName: kind === 'input' ? `Input: ${title}` : isJson ? `${title} (JSON)` : title,
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
function schemaProperties(schema: RendobarJobTypeSchema['jsonSchema']): readonly FormField[] {
  const { properties, required } = schema ?? {};
  if (typeof properties !== 'object' || properties === null) return [];
  const needed: readonly unknown[] = Array.isArray(required) ? required : [];
  return Object.entries(properties).map(([key, property]) => {
    const { type, title, enum: values, const: fixed, default: initial = fixed } = (property ?? {}) as FormField;
    const isChoice = Array.isArray(values);
    return {
      key,
      label: title ?? key,
      type: isChoice ? 'options' : oneType(type),
      required: needed.includes(key),
      default: initial,
      ...(isChoice && { options: values.map((value) => ({ label: String(value), value })) }),
    };
  });
}

/** The one type beside null; `json` where there are several, or where other keywords tell them. */
function oneType(type: unknown): string {
  const types = (Array.isArray(type) ? type : [type]).filter((each) => typeof each === 'string' && each !== 'null');
  return types.length === 1 ? types[0] : 'json';
}
