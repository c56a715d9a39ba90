import type { RendobarClient } from '@renderq/core';
import { openRendobar } from '../../host/open-account.ts';
import type { NodeActions } from '../execute-node.ts';
import { renderAndWait } from '../render-and-wait.ts';
import { getAccount } from './account.ts';
import { downloadOutput, uploadFile } from './files.ts';
import { readJobRequest } from './job-request.ts';
import { cancelJob, createJob, getJob, getJobs, getLogs } from './jobs.ts';

/** Files that one run moves at a time: each holds a connection and some buffers. */
const FILES_AT_ONCE = 3;

/** All that the Rendobar node does. */
export const RENDOBAR_ACTIONS: NodeActions<RendobarClient> = {
  vendor: 'rendobar',
  open: openRendobar,
  operations: {
    'job.create': { item: createJob },
    'job.renderAndWait': { run: renderAndWait(readJobRequest) },
    'job.get': { item: getJob },
    'job.getMany': { item: getJobs },
    'job.cancel': { item: cancelJob },
    'job.getLogs': { item: getLogs },
    'job.download': { item: downloadOutput, concurrency: FILES_AT_ONCE },
    'file.upload': { item: uploadFile, concurrency: FILES_AT_ONCE },
    'account.get': { item: getAccount },
  },
};
