import type { Profile } from './profiles.ts';

/** What no client can beat, and what none can beat that learns of its jobs' ends by looking. Milliseconds. */
export interface Bounds {
  /** The jobs in their order on the plan's slots without any loss, or the submits in the plan's windows. */
  readonly physicalMs: number;
  /** The same with every spare request spent on list looks at even distances. */
  readonly pollAwareMs: number;
}

const MINUTE_MS = 60_000;

/** @param durations of the jobs in the order of their acceptance. */
export function boundsOf(profile: Profile, durations: readonly number[], windowMs: number = MINUTE_MS): Bounds {
  const { requestsPerMinute, concurrentJobs } = profile;
  const slots = new Array<number>(concurrentJobs).fill(0);
  for (const duration of durations) {
    const free = slots.indexOf(Math.min(...slots));
    slots[free] = (slots[free] ?? 0) + duration;
  }
  // The first window's requests may all go at once.
  const submitsMs = Math.floor((durations.length - 1) / requestsPerMinute) * windowMs;
  const physicalMs = Math.max(Math.max(...slots), submitsMs);
  // A server that queues refills its own slots: when a client learns of an end costs no throughput.
  if (profile.backlog !== undefined) return { physicalMs, pollAwareMs: physicalMs };
  const mean = durations.reduce((sum, duration) => sum + duration, 0) / durations.length;
  const perSlot = mean / windowMs;
  const best = Math.min(concurrentJobs / perSlot, requestsPerMinute);
  return { physicalMs, pollAwareMs: physicalMs * (best / polledRate(requestsPerMinute, concurrentJobs, perSlot)) };
}

/**
 * Jobs per window when each slot idles for half the distance of two looks and all requests but the submits are looks:
 * x (D + 1 / 2(R - x)) = C, and x <= R C / (C + 1), since a look shows at most C ends.
 */
function polledRate(requests: number, slots: number, duration: number): number {
  let low = 0;
  let high = (requests * slots) / (slots + 1);
  for (let step = 0; step < 60; step += 1) {
    const rate = (low + high) / 2;
    if (rate * (duration + 1 / (2 * (requests - rate))) < slots) low = rate;
    else high = rate;
  }
  return low;
}
