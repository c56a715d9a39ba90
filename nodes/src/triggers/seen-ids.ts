import type { IDataObject } from 'n8n-workflow';

/** Deliveries that a node remembers over a restart; a provider repeats one for minutes, not for days. */
const MOST_KEPT = 200;
/** And all nodes of a process together. */
const MOST_IN_MEMORY = 10_000;

/** Remembers deliveries of senders that deliver at least once. */
export interface SeenIds {
  /**
   * True the first time. Kept in memory, because n8n writes `store`, a node's static data, only after a delivery has been
   * answered, and two may come at once; and in `store`, for after a restart.
   */
  isFirst(scope: string, store: IDataObject, id: string): boolean;
}

export function createSeenIds(): SeenIds {
  const memory = new Set<string>();
  return {
    isFirst(scope, store, id) {
      const name = `${scope}\n${id}`;
      const kept = Array.isArray(store.seen) ? store.seen : [];
      if (memory.has(name) || kept.includes(id)) return false;
      memory.add(name);
      const [oldest] = memory;
      if (memory.size > MOST_IN_MEMORY && oldest !== undefined) memory.delete(oldest);
      store.seen = [...kept, id].slice(-MOST_KEPT);
      return true;
    },
  };
}
