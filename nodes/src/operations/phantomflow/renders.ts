import type { PhantomFlowClient } from '@renderq/core';
import { jobData, lookedAt, simpleJobData } from '../../items/job-item.ts';
import { outputName, storedFile } from '../../items/stored-file.ts';
import { toData } from '../../items/to-data.ts';
import { readJobId } from '../job-id.ts';
import type { ItemCall, ItemOperation } from '../node-run.ts';
import { optionText, readNumber, readOptions, readParameter, readText } from '../parameters.ts';
import { submitJob } from '../submit-job.ts';
import { readRender } from './movie-request.ts';

type Call = ItemCall<PhantomFlowClient>;
type Operation = ItemOperation<PhantomFlowClient>;

const jobIdOf = ({ ctx, index }: Call) => readJobId(ctx, index, 'phantomflow');

/** Submits a movie script or a template and goes on: the item tells the job as it was accepted. */
export const createRender: Operation = async (call) => {
  const job = await submitJob(call, readRender(call.ctx, call.index));
  return lookedAt(call.index, job, call.isTool);
};

export const getRender: Operation = async (call) => {
  const { ctx, client, index, signal, isTool } = call;
  const job = await client.get(jobIdOf(call), { signal });
  return lookedAt(index, job, isTool || readParameter(ctx, 'simplify', index, false) === true);
};

/** PhantomFlow documents no paging: what it lists is all that there is to be had. */
export const getRenders: Operation = async ({ ctx, client, index, signal, isTool }) => {
  const isSimple = isTool || readParameter(ctx, 'simplify', index, true) === true;
  const wantsAll = !isTool && readParameter(ctx, 'returnAll', index, false) === true;
  const limit = wantsAll ? undefined : readNumber(ctx, 'limit', index, 'Limit', 1);
  const { jobs } = await client.list({ signal, limit });
  return { index, made: jobs.map((job) => ({ json: isSimple ? simpleJobData(job) : jobData(job) })) };
};

/** Streams a finished film into n8n's binary store. */
export const downloadRender: Operation = async (call) => {
  const { ctx, client, index, signal } = call;
  const jobId = jobIdOf(call);
  const property = readText(ctx, 'binaryPropertyName', index, 'Put Output File in Field');
  const job = await client.get(jobId, { signal });
  const download = await client.jobs.download(job, { signal });
  const name = optionText(readOptions(ctx, index), 'fileName') ?? outputName(job);
  return { index, made: [await storedFile(ctx, job, { download, property, name })] };
};

/** Holds the script against the schema that PhantomFlow serves. Renders nothing and costs nothing. */
export const validateRender: Operation = async ({ ctx, client, index, signal }) => {
  const request = readRender(ctx, index);
  const report = await client.validate(request, { signal });
  return {
    index,
    made: [{ json: toData({ provider: 'phantomflow', ...report, estimate: client.estimateCredits(request) }) }],
  };
};

/** The limits as this process knows them: PhantomFlow has no call that tells an account. */
export const getLimits: Operation = async ({ client, index }) => {
  const { window, slots, queue, downUntil } = client.state();
  return {
    index,
    made: [
      { json: toData({ provider: 'phantomflow', isSandboxKey: client.isSandbox, window, slots, queue, downUntil }) },
    ],
  };
};
