import { cleanText, type FileDownload, type JobSnapshot, RenderError } from '@renderq/core';
import type { IExecuteFunctions } from 'n8n-workflow';
import { byteStream } from '../host/byte-stream.ts';
import type { MadeItem } from './item-outcome.ts';
import { toData } from './to-data.ts';

/**
 * Streams a download into n8n's binary store, piece by piece, and gives the item that holds it.
 * @param property the binary field of the item.
 */
export async function storedFile(
  ctx: Pick<IExecuteFunctions, 'helpers'>,
  job: JobSnapshot,
  { download, property, name }: { readonly download: FileDownload; readonly property: string; readonly name: string },
): Promise<MadeItem> {
  const { body, contentType, sizeBytes } = download;
  const { id: jobId, provider } = job;
  const file = await ctx.helpers
    .prepareBinaryData(byteStream(body), name, mimeTypeOf(contentType))
    .catch((error: unknown) => {
      throw RenderError.isInstance(error) ? error : notStored(error, jobId);
    });
  return {
    json: toData({ jobId, provider, fileName: name, contentType, sizeBytes }),
    binary: { [property]: file },
  };
}

/** The name of a job's main file: as the provider tells it, or as its link ends; else the job id as one of a film. */
export function outputName({ id, output }: JobSnapshot): string {
  const url = output?.url ?? output?.files[0]?.url;
  const name = output?.files.find((file) => file.url === url)?.name;
  if (name !== undefined) return name;
  const path = url !== undefined && URL.canParse(url) ? new URL(url).pathname : '';
  const last = path.slice(path.lastIndexOf('/') + 1);
  return /^[\w.~+-]{1,200}\.[A-Za-z0-9]{1,8}$/.test(last) ? last : `${id}.mp4`;
}

function notStored(error: unknown, jobId: string): RenderError {
  const why = cleanText(error instanceof Error ? error.message : String(error), 200);
  return new RenderError({
    code: 'INTERNAL',
    message: `n8n could not store the file: ${why}`,
    jobId,
    remedy: 'Check the free space and the binary data mode of n8n, then download the file again.',
  });
}

/** n8n goes by the name where the host does not say what the file is. */
function mimeTypeOf(contentType: string | undefined): string | undefined {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  return type === undefined || /^(?:application|binary)\/octet-stream$/.test(type) ? undefined : type;
}
