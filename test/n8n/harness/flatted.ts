type Bag = Record<string, unknown>;

/**
 * Reads flatted text, the form in which n8n keeps executions: a JSON list whose first entry is the value, and where
 * every string inside an entry is the index of the entry that stands there. Cycles come back as cycles.
 */
export function parseFlatted(text: string): unknown {
  const entries = JSON.parse(text) as unknown[];
  const seen = new Set<object>();
  const at = (reference: unknown): unknown => {
    if (typeof reference !== 'string') return reference;
    const entry = entries[Number(reference)];
    return typeof entry === 'object' && entry !== null ? revive(entry as Bag) : entry;
  };
  function revive(entry: Bag): Bag {
    if (seen.has(entry)) return entry;
    seen.add(entry);
    for (const key of Object.keys(entry)) entry[key] = at(entry[key]);
    return entry;
  }
  return at('0');
}
