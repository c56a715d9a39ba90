import type { Job } from '@renderq/dispatcher';
import type { Caller } from './caller.ts';
import type { ToolJob } from './envelope.ts';
import { nameSettling } from './name-settling.ts';
import { presentError } from './present-error.ts';
import { plainData, plainName, quoteProvider } from './untrusted-text.ts';

/** Files listed in one answer. A stream may have hundreds of segments; its playlist comes first. */
const MOST_FILES = 20;
/** Characters of structured results in one answer, so that an answer stays within what hosts hand to a model. */
const MOST_DATA = 30_000;

const MOST_WARNINGS = 10;
const MOST_CANDIDATES = 10;

type Output = NonNullable<Job['output']>;

const presentFile = (file: Output['files'][number]): Output['files'][number] => ({
  ...file,
  ...(file.name === undefined ? {} : { name: plainName(file.name) }),
  ...(file.type === undefined ? {} : { type: plainName(file.type) }),
});

function presentOutput(output: Output): Output & { readonly filesOmitted?: number; readonly dataOmitted?: string } {
  const { files, data, ...rest } = output;
  const size = data === undefined || data === null ? 0 : JSON.stringify(data).length;
  return {
    ...rest,
    files: files.slice(0, MOST_FILES).map(presentFile),
    ...(files.length > MOST_FILES ? { filesOmitted: files.length - MOST_FILES } : {}),
    ...(size > 0 && size <= MOST_DATA ? { data: plainData(data) } : {}),
    ...(size > MOST_DATA ? { dataOmitted: `${size} characters of JSON: too long for one answer` } : {}),
  };
}

const presentDoubt = ({ sentAt, candidates }: NonNullable<Job['doubt']>): NonNullable<Job['doubt']> => ({
  sentAt,
  ...(candidates && { candidates: candidates.slice(0, MOST_CANDIDATES).map(plainName) }),
});

/** A job as the tools show it in full. */
export function presentJob(job: Job, { principal }: Caller): ToolJob {
  const { isEphemeral, queue, output, error, watch, doubt, providerState, warnings, ...rest } = job;
  return {
    ...rest,
    ...(isEphemeral ? { local: true } : {}),
    ...(providerState === undefined ? {} : { providerState: plainName(providerState) }),
    ...(warnings && { warnings: warnings.slice(0, MOST_WARNINGS).map(quoteProvider) }),
    ...(queue && { queue: { ...queue, ...(queue.error && { error: presentError(queue.error) }) } }),
    ...(output && { output: presentOutput(output) }),
    ...(error && { error: nameSettling(presentError(error), principal, doubt !== undefined) }),
    ...(doubt && { doubt: presentDoubt(doubt) }),
    ...(watch && { watch: { ...watch, error: presentError(watch.error) } }),
  };
}

/** One row of a list: enough to choose a job, without its results. */
export function presentRow(job: Job, caller: Caller): Partial<ToolJob> {
  const { id, provider, state, local, label, createdAt, updatedAt, progress, error } = presentJob(job, caller);
  return {
    id,
    provider,
    state,
    ...(local ? { local } : {}),
    ...(label === undefined ? {} : { label }),
    createdAt,
    updatedAt,
    ...(progress === undefined ? {} : { progress }),
    ...(error && { error }),
  };
}
