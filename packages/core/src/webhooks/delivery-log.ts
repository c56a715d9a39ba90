import { argument } from '../arguments/check-argument.ts';
import { CALLBACK, type Rule, TEXT } from '../arguments/rule.ts';

const CAPACITY: Rule = {
  accepts: (value) => typeof value === 'number' && value >= 1,
  what: 'a number of 1 or more',
  remedy: 'Pass how many deliveries to remember, or leave it out for 10,000.',
};

/** How a delivery was taken: `done` by us now, or `repeat` of one that was done before. */
export type DeliveryOutcome = 'done' | 'repeat';

export interface DeliveryLog {
  /**
   * Runs `task` unless a delivery of this id has been done. One that comes while the same is being worked on waits for
   * it. A task that fails leaves the id open, so that the sender's next attempt gets another chance.
   */
  once(id: string, task: () => Promise<void>): Promise<DeliveryOutcome>;
}

/**
 * Remembers the last `capacity` deliveries of an at-least-once sender. Keeps nothing on disk.
 * @throws {RenderError} INVALID_REQUEST with field `capacity`.
 */
export function createDeliveryLog(capacity = 10_000): DeliveryLog {
  argument('capacity', CAPACITY)(capacity);
  const done = new Set<string>();
  const running = new Map<string, Promise<void>>();
  return {
    async once(id, task) {
      argument('id', TEXT)(id);
      argument('task', CALLBACK)(task);
      for (;;) {
        if (done.has(id)) return 'repeat';
        const other = running.get(id);
        if (other === undefined) break;
        // Its failure is told to its own sender.
        await other.catch(() => undefined);
      }
      const work = task();
      running.set(id, work);
      try {
        await work;
      } finally {
        running.delete(id);
      }
      done.add(id);
      const [oldest] = done;
      if (done.size > capacity && oldest !== undefined) done.delete(oldest);
      return 'done';
    },
  };
}
