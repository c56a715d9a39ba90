/** A JSON object as read from an answer. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Deeper than any answer of these APIs. What is read here is walked and written again by functions that call themselves,
 * ours and those of whoever gets the result, and a body made of brackets would end them all.
 */
const MAX_DEPTH = 256;
const [QUOTE, BACKSLASH, OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d];

/** The parsed body, or undefined when it is not JSON or is nested deeper than 256 levels. */
export function parseJson(body: string): unknown {
  if (isTooDeep(body)) return undefined;
  try {
    return JSON.parse(body.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

function isTooDeep(json: string): boolean {
  if (json.length <= MAX_DEPTH) return false;
  let depth = 0;
  let isInText = false;
  // By hand and in one pass: a regular expression for texts tries every quote of a body that never closes one.
  for (let at = 0; at < json.length; at += 1) {
    const code = json.charCodeAt(at);
    if (code === BACKSLASH && isInText) at += 1;
    else if (code === QUOTE) isInText = !isInText;
    else if (isInText) continue;
    else if (code === OPEN_ARRAY || code === OPEN_OBJECT) depth += 1;
    else if (code === CLOSE_ARRAY || code === CLOSE_OBJECT) depth -= 1;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
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
