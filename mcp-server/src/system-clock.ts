import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '@renderq/core';

/** The time of this machine. */
export const systemClock: Clock = {
  now: Date.now,
  async sleep(ms, signal) {
    try {
      await delay(ms, undefined, signal ? { signal } : {});
    } catch (fault) {
      throw signal?.aborted ? signal.reason : fault;
    }
  },
};
