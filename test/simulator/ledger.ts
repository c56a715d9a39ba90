import { countDuplicates } from './tally.ts';
import type { Timeline } from './timeline.ts';
import type { Vendor } from './vendor.ts';

/** What became of a client's items, held against what the vendor knows. */
export interface LedgerReport {
  readonly items: number;
  readonly finished: number;
  readonly lost: number;
  /** Lost items by the code or the name of the error that lost them. */
  readonly losses: Readonly<Record<string, number>>;
  /** Jobs beyond the first of an item. */
  readonly duplicates: number;
  /** Items that were given another item's job. */
  readonly misassigned: number;
  /** Items that were called ended while their job was not. */
  readonly untrue: number;
  /** From the start until the last item was known to have ended. */
  readonly makespanMs: number;
  /** From the end of a job until its client knew. */
  readonly meanDelayMs: number;
  readonly p95DelayMs: number;
}

export interface Ledger {
  /** The client knows that the item's job has ended. */
  ended(item: number, jobId: string): void;
  /** The client gave the item up. */
  lost(item: number, why: string): void;
  report(): LedgerReport;
}

export function createLedger(vendor: Vendor, timeline: Timeline, items: number): Ledger {
  const startedAt = timeline.now();
  const delays: number[] = [];
  const losses: Record<string, number> = {};
  const jobOf = new Map<number, string>();
  let lastAt = startedAt;
  let lost = 0;
  let misassigned = 0;
  let untrue = 0;

  return {
    ended(item, jobId) {
      const job = vendor.find(jobId);
      jobOf.set(item, jobId);
      if (job === undefined || job.item !== item) misassigned += 1;
      if (job?.endedAt === undefined) untrue += 1;
      else delays.push(timeline.now() - job.endedAt);
      lastAt = timeline.now();
    },
    lost(_item, why) {
      lost += 1;
      losses[why] = (losses[why] ?? 0) + 1;
      lastAt = timeline.now();
    },
    report() {
      delays.sort((a, b) => a - b);
      return {
        items,
        finished: jobOf.size,
        // Also those that the client simply forgot.
        lost: items - jobOf.size,
        losses: lost === items - jobOf.size ? losses : { ...losses, forgotten: items - jobOf.size - lost },
        duplicates: countDuplicates(vendor.jobs),
        misassigned,
        untrue,
        makespanMs: lastAt - startedAt,
        meanDelayMs: delays.length === 0 ? Number.NaN : delays.reduce((sum, delay) => sum + delay, 0) / delays.length,
        p95DelayMs: delays[Math.min(delays.length - 1, Math.floor(delays.length * 0.95))] ?? Number.NaN,
      };
    },
  };
}
