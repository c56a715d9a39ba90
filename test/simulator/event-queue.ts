interface Event {
  readonly at: number;
  /** Events of one instant happen in the order in which they were asked for. */
  readonly order: number;
  /** Undefined once taken back. */
  task: (() => void) | undefined;
}

/** Tasks by their time. */
export interface EventQueue {
  add(at: number, task: () => void): () => void;
  /** The earliest task that still stands, taken out. */
  next(): { readonly at: number; readonly task: () => void } | undefined;
  /** Time of the earliest task that still stands. */
  nextAt(): number | undefined;
  /** Tasks that still stand. */
  readonly size: number;
}

const FEWEST_SWEPT = 1_024;

/** A binary heap. What is taken back stays in it as an empty event until it comes up or until most of the heap is such. */
export function createEventQueue(): EventQueue {
  let heap: Event[] = [];
  let standing = 0;
  let order = 0;

  const isBefore = (a: Event, b: Event) => a.at < b.at || (a.at === b.at && a.order < b.order);

  function rise(index: number): void {
    const event = heap[index];
    while (event !== undefined && index > 0) {
      const above = (index - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || !isBefore(event, parent)) break;
      heap[index] = parent;
      heap[above] = event;
      index = above;
    }
  }

  function sink(index: number): void {
    const event = heap[index];
    if (event === undefined) return;
    for (;;) {
      let least = 2 * index + 1;
      const left = heap[least];
      if (left === undefined) return;
      const right = heap[least + 1];
      if (right !== undefined && isBefore(right, left)) least += 1;
      const child = heap[least];
      if (child === undefined || !isBefore(child, event)) return;
      heap[index] = child;
      heap[least] = event;
      index = least;
    }
  }

  function takeTop(): Event | undefined {
    const [top] = heap;
    const last = heap.pop();
    if (last !== undefined && heap.length > 0) {
      heap[0] = last;
      sink(0);
    }
    return top;
  }

  function dropEmpty(): void {
    while (heap.length > 0 && heap[0]?.task === undefined) takeTop();
  }

  function sweep(): void {
    if (heap.length < FEWEST_SWEPT || standing > heap.length / 2) return;
    heap = heap.filter(({ task }) => task !== undefined).sort((a, b) => (isBefore(a, b) ? -1 : 1));
  }

  return {
    add(at, task) {
      const event: Event = { at, order, task };
      order += 1;
      standing += 1;
      heap.push(event);
      rise(heap.length - 1);
      return () => {
        if (event.task === undefined) return;
        event.task = undefined;
        standing -= 1;
        sweep();
      };
    },
    next() {
      dropEmpty();
      const top = takeTop();
      if (top?.task === undefined) return undefined;
      const { at, task } = top;
      top.task = undefined;
      standing -= 1;
      return { at, task };
    },
    nextAt() {
      dropEmpty();
      return heap[0]?.at;
    },
    get size() {
      return standing;
    },
  };
}
