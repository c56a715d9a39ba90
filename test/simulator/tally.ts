import type { Fault } from './faults.ts';
import type { SimulatedJob } from './job-floor.ts';
import type { RequestKind } from './wire.ts';

/** All that the vendor counts of its own clients; the other clients of the account are not in it. */
export interface Tally {
  readonly requests: Record<RequestKind, number>;
  /** Every request that the server heard of, and those whose connection broke before. */
  total: number;
  refusedRate: number;
  refusedSlots: number;
  queueFull: number;
  readonly faults: Partial<Record<Fault, number>>;
  webhooksSent: number;
  webhooksLost: number;
}

export function createTally(): Tally {
  return {
    requests: { submit: 0, list: 0, get: 0, cancel: 0, schema: 0, account: 0, webhooks: 0, unknown: 0 },
    total: 0,
    refusedRate: 0,
    refusedSlots: 0,
    queueFull: 0,
    faults: {},
    webhooksSent: 0,
    webhooksLost: 0,
  };
}

/** Jobs made beyond the first of each item. */
export function countDuplicates(jobs: readonly SimulatedJob[]): number {
  const seen = new Set<number>();
  let duplicates = 0;
  for (const { item, fate } of jobs) {
    // A job that never ran is billed by nobody: its repeat is no duplicate.
    if (item === undefined || fate === 'never-ran') continue;
    if (seen.has(item)) duplicates += 1;
    seen.add(item);
  }
  return duplicates;
}
