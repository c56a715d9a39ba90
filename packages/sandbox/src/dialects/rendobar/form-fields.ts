import type { InputSpec, JobTypeSpec, ObjectSchema } from './job-type-schemas.ts';

/** GET /jobs/types/{type}/schema: the form of a type, and the JSON Schema of the same params. */
export function viewTypeSchema(spec: JobTypeSpec) {
  return {
    type: spec.type,
    fields: spec.hasNoForm ? [] : formFields(spec.params),
    inputs: { fields: spec.inputs.map(inputField), variadic: spec.isVariadic ?? false },
    jsonSchema: spec.params,
  };
}

interface Property {
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly description?: string;
}

function formFields({ properties, required }: ObjectSchema) {
  return Object.entries(properties).map(([key, schema]) => {
    const property: Property = schema;
    // A form has no "above zero" for whole numbers but one.
    const min =
      property.minimum ?? (property.exclusiveMinimum === undefined ? undefined : property.exclusiveMinimum + 1);
    return {
      key,
      name: key,
      label: labelOf(key),
      type: fieldType(property),
      required: required.includes(key),
      ...defined({
        default: property.default,
        options: property.enum?.map((value) => ({ label: value, value })),
        min,
        max: property.maximum,
        maxLength: property.maxLength,
        description: property.description,
      }),
      ...(required.includes(key) ? {} : { advanced: key === 'timeout' || key === 'compute' }),
    };
  });
}

function fieldType({ type, enum: values }: Property): string {
  if (values) return 'options';
  if (type === 'integer' || type === 'number') return 'number';
  return type === 'boolean' || type === 'string' ? type : 'json';
}

function inputField({ key, isRequired, isList }: InputSpec) {
  const base = { key, name: key, label: labelOf(key), type: 'string', required: isRequired, url: true };
  return isList ? { ...base, multiple: true } : base;
}

/** `maxCharsPerLine` reads as `Max chars per line`. */
function labelOf(key: string): string {
  const words = key.replaceAll(/([A-Z])/g, ' $1').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function defined(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
