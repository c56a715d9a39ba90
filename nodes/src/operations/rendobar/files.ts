import type { RendobarClient } from '@renderq/core';
import { binarySource } from '../../items/binary-source.ts';
import { outputName, storedFile } from '../../items/stored-file.ts';
import { toData } from '../../items/to-data.ts';
import { readJobId } from '../job-id.ts';
import type { ItemOperation } from '../node-run.ts';
import { optionText, readOptions, readText } from '../parameters.ts';

type Operation = ItemOperation<RendobarClient>;

/** Streams a file of a finished job into n8n's binary store. */
export const downloadOutput: Operation = async ({ ctx, client, index, signal }) => {
  const jobId = readJobId(ctx, index, 'rendobar');
  const property = readText(ctx, 'binaryPropertyName', index, 'Put Output File in Field');
  const options = readOptions(ctx, index);
  const file = optionText(options, 'file');
  const job = await client.jobs.get(jobId, { signal });
  const download = await client.jobs.download(job, { signal, file });
  const name = optionText(options, 'fileName') ?? file ?? outputName(job);
  return { index, made: [await storedFile(ctx, job, { download, property, name })] };
};

/** Streams a binary field of the item to Rendobar; the URL that comes back works as the input of any job. */
export const uploadFile: Operation = async ({ ctx, client, index, signal, isTool }) => {
  const options = readOptions(ctx, index);
  const property = readText(ctx, 'binaryPropertyName', index, 'Input Data Field Name');
  const { source, mimeType, close } = await binarySource(ctx, index, property, optionText(options, 'fileName'));
  const how = {
    signal,
    contentType: optionText(options, 'contentType') ?? mimeType,
    lifecycle: options.keep === true ? 'persisted' : 'ephemeral',
    // In order: the store can only be read from its start.
    concurrency: 1,
  } as const;
  const asset = await client.assets.upload(source, how).finally(close);
  const { id, url, filename, contentType, sizeBytes, expiresAt } = asset;
  const short = { id, url, filename, contentType, sizeBytes, expiresAt };
  return { index, made: [{ json: toData({ provider: 'rendobar', ...(isTool ? short : asset) }) }] };
};
