import type { JobSnapshot, RendobarClient, RendobarJobFilter } from '@renderq/core';
import type { IDataObject } from 'n8n-workflow';
import { jobData, lookedAt, simpleJobData } from '../../items/job-item.ts';
import { toData } from '../../items/to-data.ts';
import { readJobId } from '../job-id.ts';
import type { ItemCall, ItemOperation } from '../node-run.ts';
import { optionText, readNumber, readOptions, readParameter } from '../parameters.ts';
import { submitJob } from '../submit-job.ts';
import { readJobRequest } from './job-request.ts';

type Call = ItemCall<RendobarClient>;
type Operation = ItemOperation<RendobarClient>;

const TOOL_LINES = 20;

const jobIdOf = ({ ctx, index }: Call) => readJobId(ctx, index, 'rendobar');

/** Submits and goes on: the item tells the job as it was accepted. */
export const createJob: Operation = async (call) => {
  const job = await submitJob(call, readJobRequest(call.ctx, call.index));
  return lookedAt(call.index, job, call.isTool);
};

export const getJob: Operation = async (call) => {
  const { ctx, client, index, signal, isTool } = call;
  const job = await client.get(jobIdOf(call), { signal });
  return lookedAt(index, job, isTool || readParameter(ctx, 'simplify', index, false) === true);
};

export const cancelJob: Operation = async (call) => {
  const job = await call.client.cancel(jobIdOf(call), { signal: call.signal });
  return { index: call.index, made: [{ json: call.isTool ? simpleJobData(job) : jobData(job) }] };
};

export const getJobs: Operation = async ({ ctx, client, index, signal, isTool }) => {
  const isSimple = isTool || readParameter(ctx, 'simplify', index, true) === true;
  const wantsAll = !isTool && readParameter(ctx, 'returnAll', index, false) === true;
  const most = wantsAll ? Number.POSITIVE_INFINITY : readNumber(ctx, 'limit', index, 'Limit', 1);
  const filter = { ...readFilter(readOptions(ctx, index)), signal };
  const jobs: JobSnapshot[] = [];
  for await (const job of client.jobs.listAll({ ...filter, limit: Math.min(100, most) })) {
    jobs.push(job);
    if (jobs.length >= most) break;
  }
  return { index, made: jobs.map((job) => ({ json: isSimple ? simpleJobData(job) : jobData(job) })) };
};

export const getLogs: Operation = async (call) => {
  const jobId = jobIdOf(call);
  const lines = await call.client.jobs.logs(jobId, { signal: call.signal });
  // What went wrong stands at the end, and an agent reads no more than it must.
  const logs = call.isTool ? lines.slice(-TOOL_LINES) : lines;
  return { index: call.index, made: [{ json: toData({ jobId, count: lines.length, logs }) }] };
};

/** What is no state or no time is refused by the client, which names it. */
function readFilter(options: IDataObject): RendobarJobFilter {
  const [status, type, client] = ['status', 'type', 'client'].map((name) => optionText(options, name));
  return {
    type,
    client,
    from: readTime(options.from),
    to: readTime(options.to),
    ...(status !== undefined && { status: status as NonNullable<RendobarJobFilter['status']> }),
  };
}

/** A time as the panel gives it, or an expression: text, Unix milliseconds, or an object that writes itself as text. */
function readTime(value: unknown): Date | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  return new Date(typeof value === 'number' ? value : String(value));
}
