import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { textTable } from './text-table.ts';

const SIZES = [1_000, 10_000, 100_000];

/** What one size of queue costs. */
export interface QueueCost {
  readonly jobs: number;
  /** Heap beyond the request itself, with the caller's promise. */
  readonly bytesPerJob: number;
  readonly microsToQueueOne: number;
  /** Of a job that is submitted, watched and ended while the others wait; the simulator's own share is in it. */
  readonly microsPerEndedJob: number;
}

/** Memory and processor time of waiting submits, and how they grow with the queue. Each size in a process of its own. */
export function runMemoryBench(): readonly QueueCost[] {
  const child = fileURLToPath(new URL('./memory-child.ts', import.meta.url));
  const costs = SIZES.map((jobs) => {
    const printed = execFileSync(process.execPath, ['--expose-gc', child, String(jobs)], { encoding: 'utf8' });
    const { kept: _kept, ...cost } = JSON.parse(printed) as QueueCost & { readonly kept: number };
    return cost;
  });
  console.log('\nSubmits that wait in the queue (goal: at most 1,024 bytes each, and no growth per job)');
  console.log(
    textTable(
      ['jobs', 'bytes per job', 'µs to queue one', 'µs CPU per ended job'],
      costs.map(({ jobs, bytesPerJob, microsToQueueOne, microsPerEndedJob }) => [
        jobs.toLocaleString('en'),
        String(bytesPerJob),
        microsToQueueOne.toFixed(1),
        microsPerEndedJob.toFixed(0),
      ]),
    ),
  );
  return costs;
}
