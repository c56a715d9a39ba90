import { bytesSource, cleanText, type RenderError, type UploadSource } from '@renderq/core';
import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';
import { sequentialReader } from '../host/sequential-reader.ts';
import { badParameter } from './error-record.ts';

/** Bytes that n8n's store gives at a time. */
const CHUNK_BYTES = 256 * 1024;

/** A file of an item, ready to be uploaded, and its kind as n8n knows it. */
export interface BinarySource {
  readonly source: UploadSource;
  readonly mimeType: string;
  /** To be called when nothing is read any more. */
  close(): void;
}

/**
 * A binary field of an item as a source for uploads. What lies in n8n's store is read piece by piece; only what n8n holds in
 * memory anyway is taken from there.
 * @throws {RenderError} INVALID_REQUEST with field `binaryPropertyName` where the item has no such file.
 */
export async function binarySource(
  ctx: IExecuteFunctions,
  index: number,
  property: string,
  filename?: string,
): Promise<BinarySource> {
  const file = binaryOf(ctx, index, property);
  const name = filename ?? file.fileName ?? 'upload.bin';
  const { id, mimeType } = file;
  if (id === undefined) {
    return {
      source: bytesSource(await ctx.helpers.getBinaryDataBuffer(index, property), name),
      mimeType,
      close: ignore,
    };
  }
  const { fileSize } = await ctx.helpers.getBinaryMetadata(id).catch((error: unknown) => {
    throw lostFile(property, error);
  });
  const { read, close } = sequentialReader(() => ctx.helpers.getBinaryStream(id, CHUNK_BYTES));
  return { source: { filename: name, size: fileSize, version: id, read }, mimeType, close };
}

function binaryOf(ctx: IExecuteFunctions, index: number, property: string): IBinaryData {
  const binary = ctx.getInputData()[index]?.binary ?? {};
  const file = Object.hasOwn(binary, property) ? binary[property] : undefined;
  if (file !== undefined) return file;
  const names = Object.keys(binary).slice(0, 10);
  throw badParameter(
    'binaryPropertyName',
    `The item has no file in the binary field "${property}".`,
    names.length === 0
      ? 'Connect a node that gives a file, for example Download Output, HTTP Request or Read/Write Files from Disk.'
      : `Use one of the binary fields that the item has: ${names.join(', ')}.`,
  );
}

/** Executions keep the ids of files that n8n has removed since. */
function lostFile(property: string, error: unknown): RenderError {
  const why = cleanText(error instanceof Error ? error.message : '', 200);
  return badParameter(
    'binaryPropertyName',
    `n8n no longer has the file of the binary field "${property}": ${why}`,
    'Run the nodes before this one again, so that they make the file anew.',
  );
}

function ignore(): void {}
