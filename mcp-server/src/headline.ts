import type { ErrorRecord, QueueNotice } from '@renderq/core';
import type { ToolJob } from './envelope.ts';
import { isProviderText, plainName, quoteProvider } from './untrusted-text.ts';

const MOST_CANDIDATES = 5;

/** The message of an error with its author: what a provider wrote is quoted, never spoken as our own. */
const saying = (error: ErrorRecord): string => (isProviderText(error) ? quoteProvider(error.message) : error.message);

/** `CODE (PROVIDER_CODE): what happened.` The code comes first because some clients show nothing but the text. */
export function errorLine(error: ErrorRecord): string {
  const own = error.providerCode === undefined ? '' : ` (${error.providerCode})`;
  return `${error.code}${own}: ${saying(error)}`;
}

const percent = (progress: number | undefined): string =>
  progress === undefined ? '' : `, ${Math.round(progress * 100)} %`;

const WAITING_FOR: Readonly<Record<QueueNotice['reason'], string>> = {
  slot: 'a free render slot',
  rate: 'the rate limit',
  retry: 'another attempt',
  credits: 'credits of the account',
  outage: 'the provider to come back',
};

function waitingLine({ queue, watch }: ToolJob): string {
  if (watch?.delayed) return ` The next look at it is held up: ${errorLine(watch.error)}`;
  if (!queue) return '';
  const until = queue.nextAttemptAt === undefined ? '' : ` Next attempt at ${queue.nextAttemptAt}.`;
  if (queue.error) return ` Waiting: ${errorLine(queue.error)}${until}`;
  return ` Waiting for ${WAITING_FOR[queue.reason]}.${until}`;
}

const candidatesOf = ({ candidates = [] }: NonNullable<ToolJob['doubt']>): string =>
  candidates.length === 0 ? '' : `, perhaps as ${candidates.slice(0, MOST_CANDIDATES).map(plainName).join(' or ')}`;

/** One line on what a job is doing. */
export function jobLine(job: ToolJob): string {
  const name = `Job ${job.id}`;
  switch (job.state) {
    case 'failed':
      if (job.doubt && job.error) return `${errorLine(job.error)} (${name} may be running${candidatesOf(job.doubt)}.)`;
      return job.error ? `${errorLine(job.error)} (${name} failed.)` : `${name} failed.`;
    case 'succeeded':
      return `${name} succeeded.${job.output?.url === undefined ? '' : ` Output: ${job.output.url}`}`;
    case 'cancelled':
      return `${name} is cancelled.`;
    default:
      if (job.cancelRequested)
        return `${name} is ${job.state}; it will be cancelled as soon as the provider can be told.`;
      return `${name} is ${job.state} on ${job.provider}${percent(job.progress)}.${waitingLine(job)}`;
  }
}
