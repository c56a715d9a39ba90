import type { LaneFactory } from '@renderq/core';

interface Waiting {
  readonly priority: number;
  readonly start: () => void;
}

/**
 * Bounds concurrent work: the highest priority goes first, equals in the order in which they came. A task whose signal
 * aborts before its turn is never started.
 */
export const createLane: LaneFactory = ({ concurrency }) => {
  const waiting: Waiting[] = [];
  let running = 0;

  function startNext(): void {
    if (running >= concurrency) return;
    const next = waiting.shift();
    if (next === undefined) return;
    running += 1;
    next.start();
  }

  function enqueue(entry: Waiting): void {
    const before = waiting.findIndex(({ priority }) => priority < entry.priority);
    waiting.splice(before < 0 ? waiting.length : before, 0, entry);
    startNext();
  }

  return {
    run<T>(
      task: () => Promise<T>,
      { priority = 0, signal }: { readonly priority?: number; readonly signal?: AbortSignal } = {},
    ): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const onAbort = () => {
          waiting.splice(waiting.indexOf(entry), 1);
          reject(signal?.reason);
        };
        const entry: Waiting = {
          priority,
          start() {
            signal?.removeEventListener('abort', onAbort);
            task()
              .then(resolve, reject)
              .finally(() => {
                running -= 1;
                startNext();
              });
          },
        };
        signal?.addEventListener('abort', onAbort, { once: true });
        enqueue(entry);
      });
    },
    get waiting() {
      return waiting.length;
    },
  };
};
