import { isTerminal, type Job } from '../service/job.ts';
import { describeTask } from './describe-task.ts';
import { jobFailure } from './job-failure.ts';
import { PROVIDER_NAMES } from './provider-names.ts';

/** A job's life as plain text: when what happened, what went wrong, and FFmpeg's own last words. */
export function jobLog(job: Job): string {
  const { title, measure } = describeTask(job.task);
  const failure = jobFailure(job);
  const lines = [
    `${PROVIDER_NAMES[job.provider]} job ${job.id}`,
    title,
    ...(measure === undefined ? [] : [measure]),
    '',
    ...stamp(job.createdAt, 'accepted'),
    ...stamp(job.dispatchedAt, 'given a slot'),
    ...stamp(job.startedAt, 'started'),
    ...(isTerminal(job.state) ? stamp(job.completedAt, job.state) : [`now  ${job.state}, ${percent(job.progress)}`]),
  ];
  if (failure) lines.push('', `${failure.code}: ${failure.message}`);
  if (job.warnings.length > 0) lines.push('', ...job.warnings.map((warning) => `warning: ${warning}`));
  for (const { name, sizeBytes } of job.files) lines.push('', `${name}  ${sizeBytes} bytes`);
  if (job.failure?.detail) lines.push('', 'FFmpeg said:', '', job.failure.detail.trimEnd());
  return `${lines.join('\n')}\n`;
}

function stamp(time: number | undefined, event: string): readonly string[] {
  return time === undefined ? [] : [`${new Date(time).toISOString()}  ${event}`];
}

const percent = (share: number) => `${Math.round(share * 100)} %`;
