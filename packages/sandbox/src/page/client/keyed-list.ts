/** One entry on the page: its node stays the same as long as the entry exists. */
export interface Row<Entry> {
  readonly node: Element;
  update(entry: Entry): void;
}

/**
 * Keeps the children of `parent` in step with a list. Nodes are kept and moved, never made anew, so that focus, a
 * playing thumbnail and a selection survive every update.
 */
export function keyedList<Entry>(
  parent: Element,
  keyOf: (entry: Entry) => string | number,
  createRow: (entry: Entry) => Row<Entry>,
): (entries: readonly Entry[]) => void {
  const rows = new Map<string | number, Row<Entry>>();

  return (entries) => {
    const wanted = new Set(entries.map(keyOf));
    for (const [key, row] of rows) {
      if (wanted.has(key)) continue;
      row.node.remove();
      rows.delete(key);
    }
    let place = parent.firstElementChild;
    for (const entry of entries) {
      const key = keyOf(entry);
      const row = rows.get(key) ?? createRow(entry);
      rows.set(key, row);
      row.update(entry);
      if (row.node === place) place = place.nextElementSibling;
      else parent.insertBefore(row.node, place);
    }
  };
}
