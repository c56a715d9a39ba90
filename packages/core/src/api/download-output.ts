import { CALL_FIELDS, jobId } from '../arguments/call-options.ts';
import { type ArgumentCheck, options as optionsOf } from '../arguments/check-argument.ts';
import { DURATION, TEXT } from '../arguments/rule.ts';
import type { CallOptions } from '../contract/client.ts';
import type { JobSnapshot, OutputFile } from '../contract/job.ts';
import { definedFields } from '../decode/defined-fields.ts';
import { asObject } from '../decode/json-body.ts';
import { RenderError } from '../errors/render-error.ts';
import type { Account } from '../queue/account.ts';
import { downloadFile, type FileDownload } from '../transport/download-file.ts';
import type { ExpectedFile } from '../transport/file-answer.ts';
import { IDLE_TIMEOUT_MS, type TransferPort, transferOf } from './transfer-port.ts';

/** Which file of a job to fetch, and how long to wait for its bytes. */
export interface DownloadOptions extends CallOptions {
  /** The `name` of one of several files. Default: the main file, or the only one. */
  readonly file?: string | undefined;
  /** Milliseconds without a byte moving after which the connection has failed. Default 60,000. */
  readonly idleTimeoutMs?: number | undefined;
}

/** The job itself, or its id. */
export const jobOrId: ArgumentCheck = (job) => jobId(typeof job === 'string' ? job : asObject(job)?.id);

export const downloadOptions: ArgumentCheck = optionsOf({ ...CALL_FIELDS, file: TEXT, idleTimeoutMs: DURATION });

interface Surroundings {
  readonly account: Account;
  readonly ports: TransferPort;
  readonly look: (jobId: string, options?: CallOptions) => Promise<JobSnapshot>;
}

/**
 * Opens one output of a job. A link that no longer works is replaced by reading the job once more. What is not the file
 * that the job tells of, by its kind and size, is an error; every error names the job.
 * @throws {RenderError} CONFLICT while the job has no file, NOT_FOUND (field `file`) when none has that name,
 * INVALID_REQUEST (field `file`) when there are several and no main one; else as the download itself.
 */
export async function downloadOutput(
  { account, ports, look }: Surroundings,
  job: string | JobSnapshot,
  { file: name, idleTimeoutMs = IDLE_TIMEOUT_MS, ...options }: DownloadOptions = {},
): Promise<FileDownload> {
  const transfer = transferOf(ports);
  // A job that was kept from an earlier look may have got its output since.
  const current = typeof job === 'string' || job.output === undefined ? await look(idOf(job), options) : job;
  const file = chooseFile(current, name);
  const ofJob = (error: unknown) => (RenderError.isInstance(error) ? error.with({ jobId: current.id }) : error);
  try {
    const download = await downloadFile({
      transfer,
      clock: account.ports.clock,
      random: account.ports.random,
      provider: account.provider,
      authorize: account.authorize,
      home: account.urlOf(''),
      url: file.url,
      expected: expectedOf(file),
      renew: async () => chooseFile(await look(current.id, options), name).url,
      idleTimeoutMs,
      signal: options.signal,
    });
    return { ...download, body: withErrors(download.body, ofJob) };
  } catch (error) {
    throw ofJob(error);
  }
}

async function* withErrors(
  body: AsyncIterable<Uint8Array>,
  told: (error: unknown) => unknown,
): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw told(error);
  }
}

/** Without a name, the link's own may tell what it leads to. */
function expectedOf({ name, type, sizeBytes, url }: OutputFile): ExpectedFile {
  const path = URL.canParse(url) ? new URL(url).pathname : '';
  return definedFields({ name: name ?? path.slice(path.lastIndexOf('/') + 1), type, sizeBytes });
}

function idOf(job: string | JobSnapshot): string {
  return typeof job === 'string' ? job : job.id;
}

function chooseFile(job: JobSnapshot, name: string | undefined): OutputFile {
  const { files = [], url } = job.output ?? {};
  if (name !== undefined) {
    const found = files.find((file) => file.name === name);
    if (found !== undefined) return found;
    const names = files.flatMap((file) => file.name ?? []).slice(0, 20);
    throw refusal(job, 'NOT_FOUND', `The job has no file of that name.`, `Choose one of: ${names.join(', ')}.`);
  }
  if (url !== undefined) return files.find((file) => file.url === url) ?? { url };
  const [only, another] = files;
  if (only === undefined) {
    const remedy = 'Wait until the job has succeeded; jobs that answer with data alone have no file.';
    throw refusal(job, 'CONFLICT', `The job has no output file: it is "${job.providerState}".`, remedy);
  }
  if (another === undefined) return only;
  throw refusal(
    job,
    'INVALID_REQUEST',
    `The job made ${files.length} files and none is the main one.`,
    'Name one in `file`.',
  );
}

function refusal(
  job: JobSnapshot,
  code: 'NOT_FOUND' | 'CONFLICT' | 'INVALID_REQUEST',
  message: string,
  remedy: string,
) {
  const isAboutFile = code !== 'CONFLICT';
  return new RenderError({
    code,
    message,
    remedy,
    provider: job.provider,
    jobId: job.id,
    ...(isAboutFile && { field: 'file' }),
  });
}
