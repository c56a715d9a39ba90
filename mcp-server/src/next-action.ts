import type { ErrorRecord } from '@renderq/core';
import type { NextAction, ToolJob } from './envelope.ts';

interface Next {
  readonly nextAction?: NextAction;
}

/** The call that an error answers. */
export interface FailedCall {
  readonly tool: string;
  readonly args: unknown;
}

const next = (tool: string, args: NextAction['arguments'], reason: string): Next => ({
  nextAction: { tool, arguments: args, reason },
});

/** Arguments longer than this are not repeated in an answer: the caller has them. */
const LONGEST_ECHO = 2000;
/** A lost submit that has not been settled after this long will not be without a person. */
const DOUBT_LIFE_MS = 900_000;

/** The call with these arguments, where they are short enough to be repeated. */
export const callAgain = (tool: string, args: unknown, reason: string): Next =>
  typeof args === 'object' && args !== null && JSON.stringify(args).length <= LONGEST_ECHO
    ? next(tool, { ...args }, reason)
    : {};

const look = (jobId: string, reason: string): Next => next('get_job', { jobId, waitSeconds: 30 }, reason);

/** The call that follows a request that would be refused. */
export const afterInvalid = (): Next =>
  next('list_providers', {}, 'Shows a request that works, to correct this one by.');

/** What follows a failed job. Where only a person can help, nothing does: the remedy says what. */
function afterFailure({ id, error, doubt }: ToolJob, nowMs: number): Next {
  if (!error) return {};
  if (doubt !== undefined || error.code === 'SUBMIT_OUTCOME_UNKNOWN') {
    const since = doubt === undefined ? 0 : Date.parse(doubt.sentAt);
    return nowMs - since < DOUBT_LIFE_MS
      ? look(id, 'It may still be found in the job list of the provider. Do not submit it again meanwhile.')
      : {};
  }
  if (error.category === 'request' || error.category === 'render') {
    return afterInvalid();
  }
  return error.retryable ? next('list_providers', {}, 'Shows whether the provider can take jobs again.') : {};
}

/** The call that follows a look at a job: look again while it is open, then whatever its end asks for. */
export function afterLook(job: ToolJob, nowMs: number): Next {
  switch (job.state) {
    case 'queued':
      return look(
        job.id,
        job.providerJobId === undefined ? 'The job waits for its turn.' : 'The provider has queued the job.',
      );
    case 'submitting':
      return look(job.id, 'The job is being sent.');
    case 'running':
      return look(job.id, 'The job is rendering.');
    case 'failed':
      return afterFailure(job, nowMs);
    default:
      return {};
  }
}

/** The call that follows a look that could not be taken: the job itself goes on. */
export function afterLookFailed({ id }: ToolJob, error: ErrorRecord): Next {
  if (error.retryable) return look(id, 'The job goes on; the next look may work.');
  if (error.category === 'account') return next('list_providers', {}, 'Shows what is wrong with the account.');
  return {};
}

/** The call that helps after a call that could not be carried out, where there is one. */
export function afterError(error: ErrorRecord, failed?: FailedCall): Next {
  const { code, category, field, jobId, provider } = error;
  if (jobId !== undefined && failed?.tool !== 'get_job') {
    return next('get_job', { jobId }, 'Shows the job that this is about.');
  }
  if (code === 'NOT_FOUND' && field === 'jobId') return next('list_jobs', {}, 'Shows the jobs and their ids.');
  if (code === 'QUEUE_FULL') return next('list_jobs', {}, 'Shows the jobs that fill the queue.');
  if (field === 'provider' || (category === 'account' && provider !== undefined)) {
    return next('list_providers', {}, 'Shows which providers are ready.');
  }
  if (code === 'INVALID_REQUEST' && field?.split('.')[0] === 'request') {
    return afterInvalid();
  }
  if (error.retryable && failed) return callAgain(failed.tool, failed.args, 'The same call may succeed now.');
  return {};
}
