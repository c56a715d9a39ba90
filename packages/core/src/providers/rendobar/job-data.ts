import type { JobOutput } from '../../contract/job.ts';

/*
 * What Rendobar's pages say of `output.data`. It is passed on as it was sent, so every field may be absent, and fields that
 * the pages do not name may be there.
 */

/** A video stream in a probe's summary. */
export interface RendobarProbedVideo {
  readonly codec?: string;
  /** Pixels. */
  readonly width?: number;
  /** Pixels. */
  readonly height?: number;
  /** Frames per second. */
  readonly fps?: number;
  /** Degrees. */
  readonly rotation?: number;
  readonly isHdr?: boolean;
  readonly bitDepth?: number;
}

/** An audio stream in a probe's summary. */
export interface RendobarProbedAudio {
  readonly codec?: string;
  readonly channels?: number;
  /** Hertz. */
  readonly sampleRate?: number;
}

/** What a media file is made of, in brief (Rendobar ffprobe page). */
export interface RendobarProbeSummary {
  readonly kind?: 'video' | 'audio' | 'image' | 'other' | (string & {});
  readonly container?: string;
  readonly durationSec?: number;
  readonly sizeBytes?: number;
  readonly bitrateBps?: number;
  /** How many streams there are of each kind. */
  readonly streamCounts?: Readonly<Record<string, number>>;
  readonly tags?: Readonly<Record<string, unknown>>;
  readonly video?: RendobarProbedVideo;
  readonly audio?: RendobarProbedAudio;
}

/** The answer of an `ffprobe` job (Rendobar ffprobe page). */
export interface RendobarProbeData {
  readonly summary?: RendobarProbeSummary;
  /** FFprobe's own sections, as the command asked for them. */
  readonly format?: Readonly<Record<string, unknown>>;
  readonly streams?: readonly Readonly<Record<string, unknown>>[];
  readonly chapters?: readonly Readonly<Record<string, unknown>>[];
  /** Instead of all the rest, where the command chose a writer that is not JSON. */
  readonly stdout?: string;
  readonly warnings?: readonly {
    readonly code?: 'DURATION_UNKNOWN' | 'REPORT_SPILLED' | (string & {});
    readonly message?: string;
  }[];
}

/** The report of a `compress.target` job (Rendobar compress page). What cannot be reached is a status, not a failure. */
export interface RendobarCompressData {
  readonly status?: 'ok' | 'infeasible_quality' | 'infeasible_size' | 'skipped_no_improvement' | (string & {});
  readonly verdict?: string;
  readonly mode?: string;
  readonly codec?: string;
  readonly metric?: string;
  readonly achievedScore?: number;
  readonly compressionRatio?: number;
  readonly originalBytes?: number;
  readonly outputBytes?: number;
  readonly qualityLevel?: number;
  readonly probes?: unknown;
}

/** The transcript with SRT and VTT, where `captionData` asked for it. The page names no field. */
export type RendobarCaptionData = Readonly<Record<string, unknown>>;

/** The job types whose pages describe `output.data`. */
export interface RendobarJobData {
  readonly ffprobe: RendobarProbeData;
  readonly 'compress.target': RendobarCompressData;
  readonly 'captions.animate': RendobarCaptionData;
}

/** `output.data` of a job type; unknown for types that answer with files alone, and where the type is not known. */
export type RendobarDataOf<Type extends string> = Type extends keyof RendobarJobData ? RendobarJobData[Type] : unknown;

/** The output of a job of a known type. */
export interface RendobarOutput<Type extends string = string> extends JobOutput {
  readonly data?: RendobarDataOf<Type>;
}
