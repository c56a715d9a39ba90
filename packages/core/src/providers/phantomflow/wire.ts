import * as z from 'zod/mini';
import { looseLines, looseNumber, looseProgress, looseText, looseTime, looseUrl } from '../../decode/scalars.ts';

const wireResult = z.object({
  url: looseUrl,
  output_url: looseUrl,
  duration_seconds: looseNumber,
  expires_at: looseTime,
});

/** An output that is told as an object, or as the URL alone. */
const looseResult = z.catch(
  z.optional(
    z.union([
      z.pipe(
        z.url(),
        z.transform((url) => wireResult.parse({ url })),
      ),
      wireResult,
    ]),
  ),
  undefined,
);

/**
 * What is read of a job. The answers to looks are not documented field by field, so each fact is taken from any of the
 * names it may stand under (PhantomFlow webhook and API pages).
 */
export const wireJob = z.object({
  job_id: looseText,
  jobId: looseText,
  id: looseText,
  status: looseText,
  state: looseText,
  progress: looseProgress,
  warnings: looseLines,
  created_at: looseTime,
  createdAt: looseTime,
  started_at: looseTime,
  startedAt: looseTime,
  completed_at: looseTime,
  completedAt: looseTime,
  finished_at: looseTime,
  output_url: looseUrl,
  outputUrl: looseUrl,
  video_url: looseUrl,
  url: looseUrl,
  output: looseResult,
  result: looseResult,
  duration_seconds: looseNumber,
  durationSeconds: looseNumber,
  duration: looseNumber,
  width: looseNumber,
  height: looseNumber,
  credits_used: looseNumber,
  creditsUsed: looseNumber,
  estimated_credits: looseNumber,
  estimatedCredits: looseNumber,
  credits_remaining: looseNumber,
  creditsRemaining: looseNumber,
});

export type WireJob = z.infer<typeof wireJob>;
