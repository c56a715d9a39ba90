import type { Clock } from '@renderq/core';
import type { ToolJob } from './envelope.ts';
import { jobLine } from './headline.ts';

/** MCP 2025-11-25 and 2026-07-28, progress: each notification must show more than the one before. */
export interface ProgressUpdate {
  readonly progress: number;
  readonly total: 100;
  readonly message: string;
}

const LEAST_GAP_MS = 1000;

/** Queued and submitting have no share of their own: they take the first two steps of a hundred. */
function stepOf(job: ToolJob): number {
  switch (job.state) {
    case 'queued':
      return 0;
    case 'submitting':
      return 1;
    case 'running':
      return Math.min(99, Math.max(2, Math.floor((job.progress ?? 0) * 100)));
    default:
      return 100;
  }
}

/** Tells how far a job is: only ever upwards and at most once a second. */
export function createProgress(clock: Clock, notify: (update: ProgressUpdate) => void): (job: ToolJob) => void {
  let lastStep = -1;
  let lastAt = Number.NEGATIVE_INFINITY;
  return (job) => {
    const step = stepOf(job);
    const now = clock.now();
    if (step <= lastStep || now - lastAt < LEAST_GAP_MS) return;
    lastStep = step;
    lastAt = now;
    notify({ progress: step, total: 100, message: jobLine(job) });
  };
}
