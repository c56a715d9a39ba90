/** A JSON object as read from an answer. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The parsed body, or undefined when it is not JSON. */
export function parseJson(body: string): unknown {
  try {
    return JSON.parse(body.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

/** The value as a JSON object; undefined for arrays, null and scalars. */
export function asObject(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

/** The object itself, or the one it wraps under `data` or under one of `wrappers`. */
export function unwrap(value: unknown, wrappers: readonly string[] = []): JsonObject | undefined {
  let current = asObject(value);
  for (const key of ['data', ...wrappers]) {
    const inner = asObject(current?.[key]);
    if (inner !== undefined) current = inner;
  }
  return current;
}

/** The entries of a list answer: a bare array, or one under `data`, `jobs`, `items` or `results`. */
export function listEntries(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value;
  const object = asObject(value);
  for (const key of ['data', 'jobs', 'items', 'results']) {
    const inner = object?.[key];
    if (inner === undefined) continue;
    const entries = Array.isArray(inner) ? inner : listEntries(asObject(inner));
    if (entries !== undefined) return entries;
  }
  return undefined;
}
