import { type ErrorRecord, type JobSnapshot, RenderError } from '@renderq/core';
import type { IDataObject } from 'n8n-workflow';
import type { ItemOutcome } from './item-outcome.ts';
import { toData } from './to-data.ts';

/** Whether a job has ended without a result. */
function hasFailed({ state }: JobSnapshot): boolean {
  return state === 'failed' || state === 'cancelled';
}

/** Why a job ended without a result, naming the job; undefined while it runs and when it succeeded. */
export function jobError(job: JobSnapshot): ErrorRecord | undefined {
  if (!hasFailed(job)) return undefined;
  const told = job.error ?? {
    code: job.state === 'cancelled' ? 'CANCELLED' : 'RENDER_FAILED',
    message:
      job.state === 'cancelled' ? 'The job was cancelled.' : 'The job failed, and the provider does not say why.',
  };
  return new RenderError({ provider: job.provider, ...told, jobId: job.id }).toJSON();
}

/**
 * A job as the fields of an item. Why it failed stands in `failure`: an `error` field would make n8n take the item, whose
 * look at the job went well, for a failed one.
 */
export function jobData(job: JobSnapshot): IDataObject {
  const { id, provider, state, providerState, error: _error, ...rest } = job;
  return toData({ jobId: id, provider, state, providerState, ...rest, failure: jobError(job) });
}

/** The fields of a job that a person or a model goes on with: at most ten, at the same places as in {@link jobData}. */
export function simpleJobData(job: JobSnapshot): IDataObject {
  const { id, provider, state, providerState, progress, output, cost, createdAt } = job;
  const failure = jobError(job);
  return toData({
    jobId: id,
    provider,
    state,
    providerState,
    progress,
    createdAt,
    ...(output !== undefined && { output: { url: output.url ?? output.files[0]?.url, data: output.data } }),
    ...(cost !== undefined && { cost: { amount: cost.amount, unit: cost.unit } }),
    ...(failure !== undefined && {
      failure: { code: failure.code, message: failure.message, remedy: failure.remedy, retryable: failure.retryable },
    }),
  });
}

/** A look at a job: an item, whatever became of the job. */
export function lookedAt(index: number, job: JobSnapshot, isSimple: boolean): ItemOutcome {
  const error = jobError(job);
  return {
    index,
    made: [{ json: isSimple ? simpleJobData(job) : jobData(job) }],
    ...(error !== undefined && { jobError: error }),
  };
}

/** A job that was waited for: its result, or the error that it ended with. */
export function waitedFor(index: number, job: JobSnapshot, isSimple: boolean): ItemOutcome {
  const error = jobError(job);
  return error === undefined ? lookedAt(index, job, isSimple) : { index, error };
}
