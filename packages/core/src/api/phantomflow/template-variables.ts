/** Templates page: double braces in any string. What a name may be made of is not documented, so nearly anything counts. */
const PLACEHOLDER = /\{\{\s*([^{}\s](?:[^{}]{0,98}[^{}\s])?)\s*\}\}/g;

/** The names of the `{{variable}}` placeholders in a script, each once, in the order of their first appearance. */
export function templateVariables(script: unknown): readonly string[] {
  const names = new Set<string>();
  const open: unknown[] = [script];
  // A stack of our own: a script may be nested deeper than functions may call themselves.
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value === 'string') for (const [, name] of value.matchAll(PLACEHOLDER)) names.add(name ?? '');
    if (typeof value !== 'object') continue;
    // Last in, first out: the first field goes on top.
    for (const inner of Object.values(value ?? {}).reverse())
      if (inner !== undefined && inner !== null) open.push(inner);
  }
  return [...names];
}
