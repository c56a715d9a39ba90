import type {
  RendobarAnimateCaptionsParams,
  RendobarBurnCaptionsParams,
  RendobarComposeParams,
  RendobarCompressParams,
  RendobarEditImageParams,
  RendobarFfmpegParams,
  RendobarFfprobeParams,
  RendobarGenerateImageParams,
  RendobarUpscaleImageParams,
} from './job-params.ts';

/**
 * A file that a job reads: a public URL, an asset's `url`, or `storage://<connection>/<path>` (with `%`, `?` and `#`
 * percent-encoded).
 */
export type RendobarSource = string | { readonly url: string };

/** An input of an FFmpeg job; besides files also text of up to 64 KB, and a finished job's output. */
export type RendobarFfmpegSource = RendobarSource | { readonly content: string } | { readonly job: string };

/** One font of a composition. */
export interface RendobarFont {
  readonly family?: string | undefined;
  readonly src: string;
}

/** Where a job reports, besides being looked at. Terminal events always fire (Rendobar callbacks guide). */
export interface RendobarCallback {
  /** Public HTTPS. */
  readonly url: string;
  /** Names that begin with `X-Rendobar-` are reserved. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Signs with the organization's callback secret. Default false. */
  readonly verify?: boolean | undefined;
  /** Further events to report. */
  readonly events?: readonly ('job.started' | (string & {}))[] | undefined;
}

interface JobRequest<Type extends string, Params> {
  readonly type: Type;
  readonly params: Params;
  readonly callback?: RendobarCallback | undefined;
  /** `storage://<connection>[/<path>]`: buckets that get a copy of the output. */
  readonly destinations?: readonly string[] | undefined;
}

/** The main input of most job types. */
interface SourceInputs {
  readonly source: RendobarSource;
}

interface CaptionInputs extends SourceInputs {
  /** SRT, VTT or ASS; transcribed from the sound when it is left out. */
  readonly subtitles?: RendobarSource | undefined;
  readonly font?: RendobarSource | undefined;
}

/** Runs an FFmpeg command (Rendobar ffmpeg page). */
export interface RendobarFfmpegRequest extends JobRequest<'ffmpeg', RendobarFfmpegParams> {
  /** Files by the name under which the command knows them. Needed for files that filters open. */
  readonly inputs?: Readonly<Record<string, RendobarFfmpegSource>> | undefined;
}

/** Reads what a media file is made of into `output.data` (Rendobar ffprobe page). */
export interface RendobarFfprobeRequest extends JobRequest<'ffprobe', RendobarFfprobeParams> {
  readonly inputs?: Readonly<Record<string, RendobarSource>> | undefined;
}

/** Renders a timeline of clips, texts and shapes (Rendobar compose page). */
export interface RendobarComposeRequest extends JobRequest<'compose', RendobarComposeParams> {
  readonly inputs?:
    | {
        readonly fonts?: readonly RendobarFont[] | undefined;
        readonly font?: string | undefined;
      }
    | undefined;
}

/** Compresses a file to a quality, a size or a bitrate (Rendobar compress page). */
export interface RendobarCompressRequest extends Omit<JobRequest<'compress.target', RendobarCompressParams>, 'params'> {
  readonly inputs: SourceInputs;
  readonly params?: RendobarCompressParams | undefined;
}

/** Burns subtitles into the picture (Rendobar captions page). */
export interface RendobarBurnCaptionsRequest
  extends Omit<JobRequest<'caption.burn', RendobarBurnCaptionsParams>, 'params'> {
  readonly inputs: CaptionInputs;
  readonly params?: RendobarBurnCaptionsParams | undefined;
}

/** Animates captions word by word (Rendobar captions page). */
export interface RendobarAnimateCaptionsRequest
  extends Omit<JobRequest<'captions.animate', RendobarAnimateCaptionsParams>, 'params'> {
  readonly inputs: CaptionInputs;
  readonly params?: RendobarAnimateCaptionsParams | undefined;
}

/** Makes an image from a prompt (Rendobar image generation page). */
export interface RendobarGenerateImageRequest extends JobRequest<'image.generate', RendobarGenerateImageParams> {
  readonly inputs?: Readonly<Record<string, never>> | undefined;
}

/** Changes one to four images after a prompt (Rendobar image editing page). */
export interface RendobarEditImageRequest extends JobRequest<'image.edit', RendobarEditImageParams> {
  readonly inputs: { readonly images: readonly RendobarSource[] };
}

/** Enlarges an image (Rendobar upscaling page). */
export interface RendobarUpscaleImageRequest
  extends Omit<JobRequest<'image.upscale', RendobarUpscaleImageParams>, 'params'> {
  readonly inputs: SourceInputs;
  readonly params?: RendobarUpscaleImageParams | undefined;
}

/**
 * A job of one of the nine live types, told apart by `type`. A param that these types do not name does not compile; one
 * that is newer than they are goes through the client's `submit`, which takes any request.
 */
export type RendobarJobRequest =
  | RendobarFfmpegRequest
  | RendobarFfprobeRequest
  | RendobarComposeRequest
  | RendobarCompressRequest
  | RendobarBurnCaptionsRequest
  | RendobarAnimateCaptionsRequest
  | RendobarGenerateImageRequest
  | RendobarEditImageRequest
  | RendobarUpscaleImageRequest;

/** The nine live job types (Rendobar n8n node, August 2026). */
export type RendobarJobTypeName = RendobarJobRequest['type'];

/** A job of a type that is newer than this list. */
export interface RendobarOtherRequest<Type extends string = string> {
  readonly type: Type;
  readonly inputs?: Readonly<Record<string, unknown>> | undefined;
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  readonly callback?: RendobarCallback | undefined;
  readonly destinations?: readonly string[] | undefined;
}

/** The request of a job type: exact for the nine live ones, open for any other. */
export type RendobarRequestOf<Type extends string> = Type extends RendobarJobTypeName
  ? Extract<RendobarJobRequest, { readonly type: Type }>
  : RendobarOtherRequest<Type>;
