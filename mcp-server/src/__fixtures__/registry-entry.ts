import { z } from 'zod';

/** What the registry's schema of 2025-12-11 asks of an entry, as far as ours uses it; strict where the schema is not, so that a slip shows. */

const VERSION = z.string().regex(/^\d+\.\d+\.\d+(-[\w.]+)?$/);
const link = z.url({ protocol: /^https$/ }).max(255);

const input = {
  description: z.string().min(1),
  isRequired: z.boolean().optional(),
  isSecret: z.boolean().optional(),
  format: z.enum(['string', 'number', 'boolean', 'filepath']).optional(),
  default: z.string().optional(),
  value: z.string().optional(),
};

const transport = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('stdio') }),
  z.strictObject({ type: z.literal('streamable-http'), url: z.url() }),
]);

const npmPackage = z.strictObject({
  registryType: z.literal('npm'),
  identifier: z.string().min(1),
  version: VERSION,
  runtimeHint: z.literal('npx'),
  transport,
  packageArguments: z
    .array(
      z.strictObject({ type: z.literal('named'), name: z.string().startsWith('--'), value: z.string().optional() }),
    )
    .optional(),
  environmentVariables: z.array(z.strictObject({ name: z.string().regex(/^[A-Z][A-Z0-9_]*$/), ...input })),
});

export const registryEntry = z.strictObject({
  $schema: z.literal('https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json'),
  name: z
    .string()
    .min(3)
    .max(200)
    .regex(/^[a-zA-Z0-9.-]+\/[a-zA-Z0-9._-]+$/),
  title: z.string().min(1).max(100),
  description: z.string().min(1).max(100),
  version: VERSION,
  websiteUrl: link,
  repository: z.strictObject({
    url: link,
    source: z.literal('github'),
    subfolder: z.string().regex(/^[\w-]+(\/[\w-]+)*$/),
  }),
  packages: z.array(npmPackage).min(1),
});
