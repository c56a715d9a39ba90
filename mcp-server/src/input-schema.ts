import type { StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import { z } from 'zod';

type JsonObject = Record<string, unknown>;

/**
 * Shows a JSON Schema to clients and lets every value through: the SDK answers a value that its schema refuses with
 * a text of its own, without a code that a program could branch on. Tools read their arguments themselves.
 */
export const advertise = (schema: JsonObject): StandardSchemaWithJSON<unknown, unknown> => ({
  '~standard': {
    version: 1,
    vendor: 'renderq',
    validate: (value) => ({ value }),
    jsonSchema: { input: () => schema, output: () => schema },
  },
});

/** Over HTTP every request has a server of its own: what it shows is written once. */
const written = new WeakMap<z.ZodObject, JsonObject>();

/** The JSON Schema of a tool's arguments without the keywords that some model APIs choke on. */
export function inputJsonSchema(input: z.ZodObject): JsonObject {
  const schema = written.get(input) ?? writeSchema(input);
  written.set(input, schema);
  return schema;
}

function writeSchema(input: z.ZodObject): JsonObject {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(input, {
    io: 'input',
    override({ jsonSchema }) {
      delete jsonSchema.additionalProperties;
      if (jsonSchema.properties && Object.keys(jsonSchema.properties).length === 0) delete jsonSchema.properties;
    },
  });
  return { properties: {}, ...schema };
}
