import { RenderError } from '@renderq/core';
import type { MediaStream, ProbedMedia } from '@renderq/sandbox/probe';
import { z } from 'zod';
import { isLocalReference } from '../files/local-reference.ts';
import { isLocalFault, localFaultError } from '../present-fault.ts';
import { defineTool, type ToolCall } from '../tool.ts';
import type { ToolContext } from '../tool-context.ts';

/** Under the 60 s after which most clients give a call up. */
const LONGEST_PROBE_MS = 45_000;
/** A file with hundreds of streams is no film that anybody renders. */
const MOST_STREAMS = 30;

const size = (bytes: number): string =>
  bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

function streamWords({
  kind,
  codec,
  width,
  height,
  framesPerSecond,
  sampleRateHz,
  channelLayout,
}: MediaStream): string {
  const picture = width === undefined ? '' : ` ${width}x${height}`;
  const rate = framesPerSecond === undefined ? '' : ` ${framesPerSecond} fps`;
  const sound = sampleRateHz === undefined ? '' : ` ${sampleRateHz} Hz ${channelLayout ?? ''}`.trimEnd();
  return `${kind} ${codec}${picture}${rate}${sound}`;
}

function headline({ format, durationSeconds, sizeBytes, streams }: ProbedMedia): string {
  const length = durationSeconds === undefined ? '' : ` ${durationSeconds} s,`;
  const words = streams.slice(0, 4).map(streamWords).join('; ');
  const more = streams.length > 4 ? `; ${streams.length - 4} more streams` : '';
  return `${format}:${length} ${size(sizeBytes)}; ${words}${more}.`;
}

/** Reads a URL or a file of this machine with the local FFmpeg. */
async function probe(
  source: string,
  { files, media }: ToolContext,
  { caller, signal }: ToolCall,
): Promise<ProbedMedia> {
  if (!isLocalReference(source) && !URL.canParse(source)) throw noSource();
  const how = { signal, timeoutMs: LONGEST_PROBE_MS };
  const file = isLocalReference(source) ? await files.open(source, 'source', caller) : undefined;
  try {
    const prober = await media();
    return await prober.probe(file ? { bytes: () => file.bytes() } : { url: source }, how);
  } catch (fault) {
    throw isLocalFault(fault) ? localFaultError(fault, 'source') : fault;
  } finally {
    await file?.close();
  }
}

const noSource = (): RenderError =>
  new RenderError({
    code: 'INVALID_REQUEST',
    message: 'source is neither a URL nor an absolute path.',
    field: 'source',
    remedy: 'Pass an http or https URL, or the absolute path of a file in an allowed folder.',
  });

/** What a media file is made of. No account is needed and nothing is billed. */
export const probeMediaTool = (context: ToolContext) =>
  defineTool({
    name: 'probe_media',
    title: 'Probe a media file',
    description:
      'Duration, size, resolution, codecs and streams of a source or an output. Read locally: no account, nothing billed.',
    gives: ['media'],
    hints: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
    input: z.object({
      source: z.string().trim().min(1).max(4096).describe('Public URL, or path of a file in an allowed folder'),
    }),
    async run({ source }, call) {
      const probed = await probe(source, context, call);
      const streams = probed.streams.slice(0, MOST_STREAMS).map((stream) => ({ ...stream }));
      return { headline: headline(probed), envelope: { media: { ...probed, streams } } };
    },
  });
