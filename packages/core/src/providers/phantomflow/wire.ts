import * as v from 'valibot';
import { looseLines, looseNumber, looseProgress, looseText, looseTime, looseUrl } from '../../decode/scalars.ts';
import { wireObject } from '../../decode/wire-object.ts';

const wireResult = wireObject({
  url: looseUrl,
  output_url: looseUrl,
  duration_seconds: looseNumber,
  expires_at: looseTime,
});

/** An output that is told as an object, or as the URL alone. */
const looseResult = v.fallback(
  v.optional(
    v.union([
      v.pipe(
        v.string(),
        v.url(),
        v.transform((url) => v.parse(wireResult, { url })),
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
export const wireJob = wireObject({
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

export type WireJob = v.InferOutput<typeof wireJob>;
