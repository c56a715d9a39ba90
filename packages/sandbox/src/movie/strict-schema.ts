import { MOVIE_SCHEMA } from './schema.ts';
import { isFields } from './script-fields.ts';

/** A part of a script that PhantomFlow does not document. */
interface LocalExtension {
  /** `scenes/0/elements/1/fade_in` */
  readonly path: string;
}

/**
 * The movie schema without the local extensions: what they mark is refused instead of drawn, so that a script that
 * passes holds nothing but what PhantomFlow documents or what this schema does not know.
 */
export const STRICT_MOVIE_SCHEMA: object = withoutExtensions(MOVIE_SCHEMA) as object;

function withoutExtensions(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutExtensions);
  if (!isFields(node)) return node;
  // A schema that is `false` refuses whatever stands there.
  if (node['x-local-extension'] === true) return false;
  const local = node['x-local-values'];
  return Object.fromEntries(
    Object.entries(node).flatMap(([key, value]) => {
      if (key === 'x-local-values') return [];
      if (key === 'enum' && Array.isArray(value) && Array.isArray(local))
        return [[key, value.filter((item) => !local.includes(item))]];
      return [[key, withoutExtensions(value)]];
    }),
  );
}

/** Every local extension that a script uses, in its order. */
export function findExtensions(script: unknown): readonly LocalExtension[] {
  return visit(script, MOVIE_SCHEMA, '');
}

function visit(value: unknown, schema: unknown, path: string): readonly LocalExtension[] {
  const rule = resolve(schema);
  if (rule === undefined || value === undefined) return [];
  const local = rule['x-local-values'];
  if (rule['x-local-extension'] === true || (Array.isArray(local) && local.includes(value))) return [{ path }];
  if (Array.isArray(value)) return value.flatMap((item, index) => visit(item, rule.items, join(path, String(index))));
  if (!isFields(value) || !isFields(rule.properties)) return [];
  const { properties } = rule;
  return Object.entries(value).flatMap(([key, part]) =>
    Object.hasOwn(properties, key) ? visit(part, properties[key], join(path, key)) : [],
  );
}

function resolve(schema: unknown): Readonly<Record<string, unknown>> | undefined {
  if (!isFields(schema)) return undefined;
  const name = typeof schema.$ref === 'string' ? schema.$ref.split('/').at(-1) : undefined;
  if (name === undefined) return schema;
  return resolve(Object.entries(MOVIE_SCHEMA.definitions).find(([key]) => key === name)?.[1]);
}

function join(path: string, step: string): string {
  return path === '' ? step : `${path}/${step}`;
}
