import PQueue from 'p-queue';
import { fields } from '../arguments/check-argument.ts';
import type { Rule } from '../arguments/rule.ts';
import type { LaneFactory } from '../ports/lane.ts';

const WIDTH: Rule = {
  accepts: (value) => typeof value === 'number' && value >= 1,
  what: 'a number of 1 or more',
  remedy: 'Pass how many tasks may run at a time.',
};

/**
 * Lanes on p-queue: the highest priority goes first, equals in the order in which they came.
 * @throws {RenderError} INVALID_REQUEST with field `concurrency`.
 */
export const createPQueueLane: LaneFactory = (options) => {
  fields('options', { needs: { concurrency: WIDTH } })(options);
  const { concurrency } = options;
  const queue = new PQueue({ concurrency });
  return {
    run: (task, { priority = 0, signal } = {}) =>
      queue.add(task, signal === undefined ? { priority } : { priority, signal }),
    get waiting() {
      return queue.size;
    },
  };
};
