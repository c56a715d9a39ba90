import { extname } from 'node:path';
import type { Account } from '../../service/accounts.ts';
import { isTerminal, type Job } from '../../service/job.ts';
import type { StoredFile } from '../../service/output-store.ts';
import type { LinkSigner } from '../../service/signed-links.ts';
import { viewFailure } from './job-errors.ts';
import type { SubmitBody } from './submit-body.ts';

/** What a Rendobar job keeps of its request. The callback's state is the one part that changes. */
export interface RendobarWire {
  readonly body: SubmitBody;
  readonly source: string;
  readonly callback?: { status: 'pending' | 'delivered' | 'failed' };
}

/** Rendobar limits page: signed links live one hour. */
const LINK_MS = 3600_000;
const DAY_MS = 86_400_000;

export interface ViewContext {
  readonly links: LinkSigner;
  readonly account: Account;
  /** Base URL of the dialect. */
  readonly baseUrl: string;
  readonly now: number;
}

export function wireOf(job: Job): RendobarWire {
  return job.wire as RendobarWire;
}

/** 1 USD = 1e9 nanodollars; shown to the cent, as the vendor does. */
function viewCost(nanodollars: number | undefined) {
  if (nanodollars === undefined) return null;
  return { amount: nanodollars, currency: 'USD', formatted: `$${(nanodollars / 1e9).toFixed(2)}` };
}

function retentionEnd(job: Job, account: Account): number | null {
  return job.completedAt === undefined ? null : job.completedAt + account.limits.retentionDays * DAY_MS;
}

/** Whether the job's files have outlived what the plan keeps, or a fault rule says so. */
export function isPastRetention(job: Job, account: Account, now: number): boolean {
  if (job.fault?.output === 'gone' && isTerminal(job.state)) return true;
  const end = retentionEnd(job, account);
  return end !== null && now >= end;
}

function linkTo(job: Job, index: number, expiresAt: number, { links, baseUrl }: ViewContext): string {
  const file = job.files[index];
  const token = links.sign(linkSubject(job.id, index), expiresAt);
  if (job.files.length === 1 || !file) return `${baseUrl}/dl/${job.id}?token=${token}`;
  return `${baseUrl}/v/${job.id}/${token}/${file.name.split('/').map(encodeURIComponent).join('/')}`;
}

/** What a link's token speaks for. */
export function linkSubject(jobId: string, fileIndex: number): string {
  return `${jobId}/${fileIndex}`;
}

function viewFile(file: StoredFile, url: string) {
  const { width, height, durationSeconds } = file;
  const meta = {
    format: extname(file.name).slice(1),
    ...(width === undefined ? {} : { width }),
    ...(height === undefined ? {} : { height }),
    ...(durationSeconds === undefined ? {} : { durationMs: Math.round(durationSeconds * 1000) }),
  };
  return { url, path: file.name, type: file.type, size: file.sizeBytes, meta };
}

/** Rendobar job page: one file, a stream with its playlist as the file, or a set with no main file. */
function viewOutput(job: Job, context: ViewContext) {
  const expiresAt = job.fault?.output === 'expired' ? (job.completedAt ?? 0) : context.now + LINK_MS;
  const files = job.files.map((file, index) => viewFile(file, linkTo(job, index, expiresAt, context)));
  const playlist = files.find((file) => file.type === 'playlist');
  const only = files.length === 1 ? files[0] : undefined;
  return { data: null, file: only ?? playlist ?? null, files, expiresAt: files.length > 0 ? expiresAt : null };
}

type StepStatus = 'pending' | 'running' | 'complete';

function viewSteps(job: Job) {
  const rendering: StepStatus = job.state === 'complete' ? 'complete' : job.state === 'running' ? 'running' : 'pending';
  const prepared: StepStatus =
    job.startedAt !== undefined ? 'complete' : job.state === 'dispatched' ? 'running' : 'pending';
  return [
    { id: 'prepare', name: 'Prepare', status: prepared },
    { id: 'execute', name: 'Execute', status: rendering },
    { id: 'finalize', name: 'Finalize', status: job.state === 'complete' ? 'complete' : 'pending' },
  ];
}

/** Local extension, on neither vendor's list of fields: what came out otherwise than it was written. */
function viewWarnings({ warnings }: Job): { readonly warnings?: readonly string[] } {
  return warnings.length > 0 ? { warnings } : {};
}

/** The whole job object. Names: Rendobar's n8n node; `output` only when complete, `error` only when failed. */
export function viewJob(job: Job, context: ViewContext) {
  const { body, source, callback } = wireOf(job);
  // A fault rule takes the files alone: the job still speaks of them, as it does when a client's copy is old.
  const gone = job.fault?.output !== 'gone' && isPastRetention(job, context.account, context.now);
  return {
    id: job.id,
    orgId: job.accountId,
    type: job.type,
    status: job.state,
    source,
    client: source,
    inputs: body.inputs,
    params: body.params,
    idempotencyKey: body.idempotencyKey ?? null,
    ...(job.state === 'complete' ? { output: viewOutput(gone ? { ...job, files: [] } : job, context) } : {}),
    ...(job.state === 'failed' && job.failure ? { error: viewFailure(job.failure) } : {}),
    cost: viewCost(job.cost),
    steps: viewSteps(job),
    progress: job.progress,
    eta: null,
    bootState: null,
    region: 'local',
    mediaType: job.files[0]?.type ?? null,
    outputCategory: job.files[0]?.type ?? null,
    model: null,
    callback: callback ? { status: callback.status } : null,
    timeoutMs: job.timeoutMs,
    retryCount: 0,
    logsAvailable: job.startedAt !== undefined,
    metricsAvailable: false,
    resourcesAvailable: false,
    retentionExpiresAt: retentionEnd(job, context.account),
    webUrl: `${context.baseUrl}/jobs/${job.id}`,
    createdAt: job.createdAt,
    dispatchedAt: job.dispatchedAt ?? null,
    startedAt: job.startedAt ?? null,
    completedAt: job.completedAt ?? null,
    settledAt: job.settledAt ?? null,
    ...viewWarnings(job),
  };
}

/** Rendobar n8n node: entries of GET /jobs/{id}/logs. */
export function viewLogs(job: Job) {
  const { startedAt, completedAt } = job;
  if (startedAt === undefined) return [];
  const lines = [
    { timestamp: startedAt, level: 'info', event: 'job.start', message: 'The job started.' },
    { timestamp: startedAt, level: 'info', step: 'execute', event: 'step.start', message: 'FFmpeg started.' },
  ];
  if (!isTerminal(job.state) || completedAt === undefined) return lines;
  const durationMs = completedAt - startedAt;
  for (const message of job.warnings) {
    lines.push({ timestamp: completedAt, level: 'warn', step: 'execute', event: 'detail', message });
  }
  if (job.state === 'complete') {
    const done = { timestamp: completedAt, level: 'info', durationMs };
    return [
      ...lines,
      { ...done, step: 'execute', event: 'step.complete', message: 'FFmpeg finished.' },
      { ...done, event: 'job.complete', message: 'The job is complete.' },
    ];
  }
  const failure = job.failure ? viewFailure(job.failure) : undefined;
  const message = failure ? `${failure.code}: ${failure.message}` : 'The job was cancelled.';
  const broken = { timestamp: completedAt, level: 'error', durationMs, message };
  return [...lines, { ...broken, step: 'execute', event: 'step.error' }, { ...broken, event: 'job.error' }];
}
