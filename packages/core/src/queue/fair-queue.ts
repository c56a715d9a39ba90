/** What may wait in a {@link FairQueue}. */
export interface Queueable {
  /** A higher number goes first. */
  readonly priority: number;
  /** Equals take turns by owner. */
  readonly owner: string;
}

/** A line in which the most urgent go first, and owners of equal urgency take turns. */
export interface FairQueue<T extends Queueable> {
  readonly size: number;
  /** Owners that have something waiting. */
  owners(): number;
  push(item: T): void;
  shift(): T | undefined;
  remove(item: T): boolean;
  /** Every item, in no particular order. */
  items(): Iterable<T>;
}

/**
 * Things in the order in which they came. Each is removed as soon as the one iterator has met it, so that what is left is
 * always ahead of it. A new iterator for each step would step over the gaps of all that have left: quadratic.
 */
interface Line<T> {
  readonly waiting: Set<T>;
  readonly next: Iterator<T, undefined>;
}

/** The lines of one priority. A map keeps the order of insertion: the owner served last goes to its end. */
interface Lines<T> {
  readonly byOwner: Map<string, Line<T>>;
  readonly next: Iterator<[string, Line<T>], undefined>;
}

/**
 * A fair queue in memory. All of its operations take constant time for a given number of priorities, so that one owner's
 * hundred thousand jobs neither delay another's single one nor slow down anything.
 */
export function createFairQueue<T extends Queueable>(): FairQueue<T> {
  const byPriority = new Map<number, Lines<T>>();
  /** The priorities in use, highest first: few. */
  let priorities: number[] = [];
  let size = 0;

  function linesOf(priority: number): Lines<T> {
    const known = byPriority.get(priority);
    if (known !== undefined) return known;
    const byOwner = new Map<string, Line<T>>();
    const lines: Lines<T> = { byOwner, next: byOwner.entries() };
    byPriority.set(priority, lines);
    priorities = [...byPriority.keys()].sort((a, b) => b - a);
    return lines;
  }

  function forget(priority: number): void {
    byPriority.delete(priority);
    priorities = priorities.filter((other) => other !== priority);
  }

  return {
    get size() {
      return size;
    },
    owners() {
      const names = new Set<string>();
      for (const lines of byPriority.values()) for (const owner of lines.byOwner.keys()) names.add(owner);
      return names.size;
    },
    push(item) {
      const { byOwner } = linesOf(item.priority);
      const line = byOwner.get(item.owner);
      if (line === undefined) byOwner.set(item.owner, lineOf(item));
      else line.waiting.add(item);
      size += 1;
    },
    shift() {
      const [priority] = priorities;
      const lines = priority === undefined ? undefined : byPriority.get(priority);
      const turn = lines?.next.next().value;
      if (priority === undefined || lines === undefined || turn === undefined) return undefined;
      const [owner, line] = turn;
      const item = line.next.next().value;
      if (item !== undefined) line.waiting.delete(item);
      lines.byOwner.delete(owner);
      if (line.waiting.size > 0) lines.byOwner.set(owner, line);
      if (lines.byOwner.size === 0) forget(priority);
      size -= 1;
      return item;
    },
    remove(item) {
      const lines = byPriority.get(item.priority);
      const line = lines?.byOwner.get(item.owner);
      if (lines === undefined || line === undefined || !line.waiting.delete(item)) return false;
      if (line.waiting.size === 0) lines.byOwner.delete(item.owner);
      if (lines.byOwner.size === 0) forget(item.priority);
      size -= 1;
      return true;
    },
    *items() {
      for (const { byOwner } of byPriority.values()) for (const { waiting } of byOwner.values()) yield* waiting;
    },
  };
}

function lineOf<T>(first: T): Line<T> {
  const waiting = new Set([first]);
  return { waiting, next: waiting.values() };
}
