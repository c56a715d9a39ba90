import type { Job } from '@renderq/dispatcher';
import type { AccountMode } from './accounts.ts';
import type { ToolJob } from './envelope.ts';
import { presentError } from './present-error.ts';

/** Files listed in one answer. A stream may have hundreds of segments; its playlist comes first. */
const MOST_FILES = 20;
/** Characters of structured results in one answer, so that an answer stays within what hosts hand to a model. */
const MOST_DATA = 30_000;

type Output = NonNullable<Job['output']>;

function presentOutput(output: Output): Output & { readonly filesOmitted?: number; readonly dataOmitted?: string } {
  const { files, data, ...rest } = output;
  const size = data === undefined || data === null ? 0 : JSON.stringify(data).length;
  return {
    ...rest,
    files: files.slice(0, MOST_FILES),
    ...(files.length > MOST_FILES ? { filesOmitted: files.length - MOST_FILES } : {}),
    ...(size > 0 && size <= MOST_DATA ? { data } : {}),
    ...(size > MOST_DATA ? { dataOmitted: `${size} characters of JSON: too long for one answer` } : {}),
  };
}

/** A job as the tools show it in full. */
export function presentJob(job: Job, mode: AccountMode): ToolJob {
  const { queue, output, error, watch, ...rest } = job;
  return {
    ...rest,
    ...(mode === 'sandbox' ? { local: true } : {}),
    ...(queue && { queue: { ...queue, ...(queue.error && { error: presentError(queue.error) }) } }),
    ...(output && { output: presentOutput(output) }),
    ...(error && { error: presentError(error) }),
    ...(watch && { watch: { ...watch, error: presentError(watch.error) } }),
  };
}

/** One row of a list: enough to choose a job, without its results. */
export function presentRow(job: Job, mode: AccountMode): Partial<ToolJob> {
  const { id, provider, state, label, createdAt, updatedAt, progress, error } = presentJob(job, mode);
  return {
    id,
    provider,
    state,
    ...(mode === 'sandbox' ? { local: true } : {}),
    ...(label === undefined ? {} : { label }),
    createdAt,
    updatedAt,
    ...(progress === undefined ? {} : { progress }),
    ...(error && { error }),
  };
}
