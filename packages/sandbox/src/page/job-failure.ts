import { viewFailure as viewPhantomflow } from '../dialects/phantomflow/views.ts';
import { viewFailure as viewRendobar } from '../dialects/rendobar/job-errors.ts';
import type { Job } from '../service/job.ts';

/** Why a job failed, in the code and the words that its vendor's API gives; undefined unless it failed. */
export function jobFailure(job: Job): { readonly code: string; readonly message: string } | undefined {
  if (job.state !== 'failed' || !job.failure) return undefined;
  const { code, message } = job.provider === 'rendobar' ? viewRendobar(job.failure) : viewPhantomflow(job);
  // PhantomFlow's message carries FFmpeg's own words too; they stand in the log.
  return { code, message: job.failure.message || message };
}
