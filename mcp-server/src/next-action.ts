import type { ErrorRecord } from '@renderq/core';
import type { NextAction, ToolJob } from './envelope.ts';

interface Next {
  readonly nextAction?: NextAction;
}

const next = (tool: string, args: NextAction['arguments'], reason: string): Next => ({
  nextAction: { tool, arguments: args, reason },
});

/** The call that follows a look at a job: look again while it is open, nothing once it has ended. */
export function afterLook(job: ToolJob): Next {
  const again = { jobId: job.id, waitSeconds: 30 };
  switch (job.state) {
    case 'queued':
      return next(
        'get_job',
        again,
        job.providerJobId === undefined ? 'The job waits for its turn.' : 'The provider has queued the job.',
      );
    case 'submitting':
      return next('get_job', again, 'The job is being sent.');
    case 'running':
      return next('get_job', again, 'The job is rendering.');
    default:
      return {};
  }
}

/** The call that helps after an error, where there is one. */
export function afterError(error: ErrorRecord): Next {
  if (error.jobId !== undefined) return next('get_job', { jobId: error.jobId }, 'Shows the job that this is about.');
  if (error.code === 'NOT_FOUND' && error.field === 'jobId')
    return next('list_jobs', {}, 'Shows the jobs and their ids.');
  if (error.code === 'QUEUE_FULL') return next('list_jobs', {}, 'Shows the jobs that fill the queue.');
  if (error.field === 'provider' || error.category === 'account') {
    return next('list_providers', {}, 'Shows which providers are ready.');
  }
  return {};
}
