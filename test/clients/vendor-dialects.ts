import { randomUUID } from 'node:crypto';
import type { StandInAnswer } from '../journeys/mcp/stand-in.ts';

export type Provider = 'rendobar' | 'phantomflow';
export const PROVIDERS = ['rendobar', 'phantomflow'] as const satisfies readonly Provider[];

/** A job as a vendor of one's own making keeps it. Times are Unix milliseconds. */
export interface VendorJob {
  readonly id: string;
  readonly createdAt: number;
  readonly state: 'waiting' | 'running' | 'complete' | 'failed';
  /** Where the film is, once the job is complete. */
  readonly url?: string;
  readonly error?: { readonly code: string; readonly message: string };
}

/** How one vendor's pages say a thing on the wire. */
export interface VendorDialect {
  readonly newId: () => string;
  /** Whether a submit may carry an idempotency key, and whether jobs above the cap wait instead of being refused. */
  readonly hasKeys: boolean;
  readonly queues: boolean;
  accepted(job: VendorJob, isReplay: boolean): ApiAnswer;
  shown(job: VendorJob): ApiAnswer;
  /** Newest first. */
  listed(jobs: readonly VendorJob[], total: number): ApiAnswer;
  readonly tooManyRequests: string;
  readonly tooManyJobs: string;
}

/** An answer of the API itself. */
export type ApiAnswer = Extract<StandInAnswer, { readonly body: unknown }>;

export const json = (status: number, body: object): ApiAnswer => ({ status, body });

export const refused = (status: number, code: string, message = `The vendor's words on ${code}.`): ApiAnswer =>
  json(status, { error: { code, message } });

function rendobarJob({ id, state, createdAt, url, error }: VendorJob): object {
  const file = { url, path: 'b.mp4', type: 'video', size: 10 };
  return {
    id,
    type: 'ffmpeg',
    status: state,
    createdAt,
    ...(url && { output: { data: null, file, files: [file], expiresAt: null } }),
    ...(error && { error }),
  };
}

/** The running state's name is on no page of PhantomFlow's. */
const PHANTOMFLOW_STATES = {
  waiting: 'queued',
  running: 'processing',
  complete: 'completed',
  failed: 'failed',
} as const;

const phantomflowJob = ({ id, state, createdAt, url, error }: VendorJob): object => ({
  job_id: id,
  status: PHANTOMFLOW_STATES[state],
  created_at: new Date(createdAt).toISOString(),
  ...(url && { output_url: url, duration_seconds: 1, credits_used: 1 }),
  ...(error && { error }),
});

export const VENDOR_DIALECTS: Readonly<Record<Provider, VendorDialect>> = {
  rendobar: {
    newId: () => `job_${randomUUID().replaceAll('-', '')}`,
    hasKeys: true,
    queues: true,
    accepted: ({ id, state }, isReplay) =>
      isReplay
        ? json(200, { data: { id, status: state, idempotent: true } })
        : json(201, { data: { id, status: 'waiting' } }),
    shown: (job) => json(200, { data: rendobarJob(job) }),
    listed: (jobs, total) => json(200, { data: jobs.map(rendobarJob), meta: { total } }),
    tooManyRequests: 'RATE_LIMITED',
    tooManyJobs: 'QUEUE_FULL',
  },
  phantomflow: {
    newId: () => randomUUID(),
    hasKeys: false,
    queues: false,
    accepted: ({ id }) => json(202, { job_id: id, status: 'queued', estimated_credits: 1, credits_remaining: 900 }),
    shown: (job) => json(200, phantomflowJob(job)),
    listed: (jobs, total) => json(200, { jobs: jobs.map(phantomflowJob), total }),
    tooManyRequests: 'RATE_LIMIT_EXCEEDED',
    tooManyJobs: 'CONCURRENCY_LIMIT_EXCEEDED',
  },
};
