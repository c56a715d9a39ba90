import PQueue from 'p-queue';
import type { LaneFactory } from '../ports/lane.ts';

/** Lanes on p-queue: the highest priority goes first, equals in the order in which they came. */
export const createPQueueLane: LaneFactory = ({ concurrency }) => {
  const queue = new PQueue({ concurrency });
  return {
    run: (task, { priority = 0, signal } = {}) =>
      queue.add(task, signal === undefined ? { priority } : { priority, signal }),
    get waiting() {
      return queue.size;
    },
  };
};
