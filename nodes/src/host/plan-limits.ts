import type { AccountLimits } from '@renderq/core';

const plan = (requestsPerMinute: number, concurrentJobs: number): AccountLimits => ({
  requestsPerMinute,
  concurrentJobs,
});

/** Rendobar limits page. */
export const RENDOBAR_PLANS = { free: plan(120, 1), pro: plan(600, 20) } as const;

/** PhantomFlow error page: "Rate limits by plan". */
export const PHANTOMFLOW_PLANS = { free: plan(10, 2), starter: plan(60, 5), pro: plan(120, 10) } as const;

/**
 * The share of an account's limits that one n8n process may take. n8n gives its processes nothing to count together in, so
 * each keeps to its part; at least one of each, for a process with nothing could never finish.
 */
export function shareOfLimits({ requestsPerMinute, concurrentJobs }: AccountLimits, processes: number): AccountLimits {
  const share = (limit: number) => Math.max(1, Math.floor(limit / Math.max(1, Math.trunc(processes) || 1)));
  return { requestsPerMinute: share(requestsPerMinute), concurrentJobs: share(concurrentJobs) };
}
