/** A word of a list that may grow: the known ones complete in an editor, any other is accepted. */
type OpenWord<Known extends string> = Known | (string & {});

/** Fields that the pages show in part: any name is let through. */
interface Open {
  readonly [field: string]: unknown;
}

interface Timed {
  /** Seconds that the job may run; it can only shorten what the plan allows. */
  readonly timeout?: number | undefined;
}

export interface RendobarFfmpegParams extends Timed {
  /** At most 16,384 characters; a leading `ffmpeg` may be left out. Parsed without a shell. */
  readonly command: string;
  /** Default: the ending of the last file name in the command. */
  readonly outputFormat?:
    | OpenWord<
        | 'mp4'
        | 'mkv'
        | 'webm'
        | 'mov'
        | 'avi'
        | 'ts'
        | 'gif'
        | 'png'
        | 'jpg'
        | 'mp3'
        | 'wav'
        | 'flac'
        | 'ogg'
        | 'aac'
        | 'opus'
        | 'm4a'
        | 'srt'
        | 'vtt'
      >
    | undefined;
  /** Default `auto`: NVENC and CUDA commands go to a GPU. `gpu` needs the Pro plan. */
  readonly compute?: 'auto' | 'cpu' | 'gpu' | undefined;
}

export interface RendobarFfprobeParams extends Timed {
  /** An ffprobe command; a bare URL is enough. */
  readonly command: string;
}

export interface RendobarCompressParams extends Timed {
  readonly for?: 'web' | 'archive' | undefined;
  /** A tier, a quality from 1 to 100, a largest size, or a bitrate in kbit/s. Default `balanced`. */
  readonly target?:
    | OpenWord<'visually-lossless' | 'balanced' | 'efficient'>
    | number
    | { readonly maxSize: string }
    | { readonly maxBytes: number }
    | { readonly bitrate: number }
    | undefined;
  readonly compatibility?: 'modern' | 'broad' | 'legacy' | undefined;
  readonly codec?:
    | OpenWord<
        | 'auto'
        | 'av1'
        | 'hevc'
        | 'h264'
        | 'vp9'
        | 'avif'
        | 'jxl'
        | 'jpegli'
        | 'webp'
        | 'png'
        | 'opus'
        | 'aac'
        | 'mp3'
        | 'flac'
        | 'alac'
      >
    | undefined;
  /** Pixels, or a name such as `1080p`. */
  readonly maxResolution?: number | string | undefined;
  /** `#rrggbb` flattens onto a colour. */
  readonly alpha?: OpenWord<'preserve' | 'flatten'> | undefined;
  readonly metadata?: 'all' | 'colorOnly' | 'none' | undefined;
  readonly effort?: 'fast' | 'balanced' | 'thorough' | undefined;
  readonly forceReencode?: boolean | undefined;
  /** Reports what would be done, without an output. */
  readonly dryRun?: boolean | undefined;
  readonly video?:
    | {
        readonly audioTracks?: 'all' | 'primary' | 'none' | undefined;
        readonly subtitles?: 'strip' | 'preserve' | undefined;
      }
    | undefined;
  readonly audio?:
    | { readonly loudnessLufs?: number | undefined; readonly channels?: 'preserve' | 'mono' | 'stereo' | undefined }
    | undefined;
  readonly tuning?: { readonly metric?: string | undefined; readonly floor?: number | undefined } | undefined;
}

export interface RendobarBurnCaptionsParams extends Timed {
  /** Default `auto`. */
  readonly language?: string | undefined;
  /** Default `Inter`. */
  readonly font?: string | undefined;
  /** 8 to 400. Default 48. */
  readonly fontSize?: number | undefined;
  /** Default `#FFFFFF`. */
  readonly fontColor?: string | undefined;
  readonly bold?: boolean | undefined;
  readonly italic?: boolean | undefined;
  readonly outlineColor?: string | undefined;
  /** 0 to 20. Default 2. */
  readonly outlineWidth?: number | undefined;
  /** 0 to 20. Default 1. */
  readonly shadow?: number | undefined;
  readonly boxEnabled?: boolean | undefined;
  readonly boxColor?: string | undefined;
  /** 0 to 1. Default 0.6. */
  readonly boxOpacity?: number | undefined;
  readonly position?: 'bottom' | 'center' | 'top' | undefined;
  readonly alignment?: 'left' | 'center' | 'right' | undefined;
  /** 0 to 2,000 pixels. Default 60. */
  readonly marginV?: number | undefined;
  /** 0 to 2,000 pixels. Default 40. */
  readonly marginH?: number | undefined;
  /** 10 to 80. */
  readonly maxCharsPerLine?: number | undefined;
}

export interface RendobarAnimateCaptionsParams extends Timed {
  readonly preset?:
    | OpenWord<
        | 'hormozi'
        | 'mrbeast'
        | 'tiktok'
        | 'pill'
        | 'karaoke'
        | 'word-pop'
        | 'minimal'
        | 'subtitle-block'
        | 'neon'
        | 'gold'
        | 'reveal'
      >
    | undefined;
  /** Default English. */
  readonly language?: string | undefined;
  readonly mode?: 'fast' | 'balanced' | 'accurate' | undefined;
  readonly style?:
    | {
        readonly font?: string | undefined;
        readonly layout?: 'phrase' | 'word' | undefined;
        readonly position?: unknown;
        readonly entrance?: OpenWord<'fade' | 'pop' | 'bounce'> | undefined;
        readonly highlight?:
          | {
              readonly mode?: string | undefined;
              readonly color?: string | undefined;
              readonly textColor?: string | undefined;
              /** 100 to 200 percent. */
              readonly scale?: number | undefined;
            }
          | undefined;
        readonly fill?: unknown;
        readonly stroke?: unknown;
        readonly shadow?: unknown;
        readonly bold?: boolean | undefined;
        readonly case?: string | undefined;
        readonly marginV?: number | undefined;
      }
    | undefined;
  readonly autoEmphasis?: boolean | undefined;
  readonly translateTo?: OpenWord<'es' | 'fr' | 'de' | 'pt' | 'it' | 'nl'> | undefined;
  /** Adds the transcript, SRT and VTT to `output.data`. */
  readonly captionData?: boolean | undefined;
}

interface ImageParams extends Timed {
  /** At most 4,000 characters. */
  readonly prompt: string;
  /** A tier or the exact id of a model. Default `economy`. */
  readonly model?: OpenWord<'economy' | 'standard' | 'premium'> | undefined;
  /** At most 4,096; snapped to what the model can do. */
  readonly width?: number | undefined;
  /** At most 4,096; snapped to what the model can do. */
  readonly height?: number | undefined;
  readonly seed?: number | undefined;
  readonly enhancePrompt?: boolean | undefined;
  /** Pinned models only. */
  readonly steps?: number | undefined;
  /** 1 to 10; pinned models only. */
  readonly guidance?: number | undefined;
  /** At most 1,000 characters; pinned models only. */
  readonly negativePrompt?: string | undefined;
}

export interface RendobarGenerateImageParams extends ImageParams {}

export interface RendobarEditImageParams extends ImageParams {}

export interface RendobarUpscaleImageParams extends Timed {
  readonly model?: OpenWord<'seedvr2-3b' | 'seedvr2-7b'> | undefined;
  readonly sizing?:
    | { readonly mode: 'factor'; readonly factor?: number | undefined }
    | { readonly mode: 'height'; readonly height: number }
    | undefined;
  readonly inputNoise?: number | undefined;
  /** 0.25 to 1. */
  readonly inputScale?: number | undefined;
  readonly passes?: number | undefined;
  readonly latentNoise?: number | undefined;
  readonly colorCorrection?: OpenWord<'lab' | 'wavelet' | 'wavelet_adaptive' | 'hsv' | 'adain' | 'none'> | undefined;
  /** Default 42. */
  readonly seed?: number | undefined;
}

/**
 * A timeline or scenes, never both. The prompt form of this type is not documented: it goes through the client's
 * `submit`, which takes any request.
 */
export interface RendobarComposeParams extends Timed {
  readonly schemaVersion?: 1 | undefined;
  readonly output?: RendobarComposeOutput | undefined;
  readonly timeline?: RendobarComposeTimeline | undefined;
}

export interface RendobarComposeOutput {
  readonly format?: OpenWord<'mp4' | 'webm' | 'gif' | 'mp3' | 'jpg' | 'png'> | undefined;
  readonly resolution?: { readonly width: number; readonly height: number } | undefined;
  /** A preset instead of `resolution`, for example `1080p`, `tiktok` or `square`. */
  readonly size?:
    | OpenWord<'360p' | '720p' | '1080p' | '4k' | 'tiktok' | 'reels' | 'shorts' | 'square' | 'youtube-hd'>
    | undefined;
  /** Default 30. */
  readonly fps?: number | undefined;
  readonly quality?: 'draft' | 'standard' | 'high' | 'max' | undefined;
  readonly videoCodec?: OpenWord<'h264' | 'vp9'> | undefined;
  readonly audioCodec?: OpenWord<'aac' | 'opus' | 'mp3'> | undefined;
  readonly crf?: number | undefined;
  readonly encoderPreset?: string | undefined;
  /** Seconds into the timeline, for a still. */
  readonly frameTime?: number | undefined;
}

export interface RendobarComposeTimeline {
  /** The first track is the background. */
  readonly tracks?: readonly RendobarComposeTrack[] | undefined;
  readonly scenes?: readonly RendobarComposeScene[] | undefined;
  readonly overlays?: readonly unknown[] | undefined;
}

export interface RendobarComposeTrack {
  readonly clips: readonly (RendobarComposeClip | RendobarComposeTransition)[];
}

export interface RendobarComposeScene extends RendobarComposeTrack {
  /** Seconds. */
  readonly duration?: number | undefined;
  readonly transition?: unknown;
}

export interface RendobarComposeClip {
  readonly asset: RendobarComposeAsset;
  /** Seconds. */
  readonly start?: number | undefined;
  /** Seconds, or `end` for as long as the timeline. */
  readonly length?: number | 'end' | undefined;
  /** 0 to 1, or keyframes. */
  readonly opacity?: unknown;
  readonly transform?: RendobarComposeTransform | undefined;
  readonly crop?: unknown;
  readonly speed?: number | undefined;
  /** A named look, instead of `color`. */
  readonly filter?: unknown;
  readonly color?: RendobarComposeColor | undefined;
  readonly blur?: unknown;
  readonly sharpen?: unknown;
  readonly chromaKey?: unknown;
  readonly blendMode?: string | undefined;
  readonly pan?: unknown;
  readonly flip?: unknown;
}

/** Where a clip stands. The page names the fields and not what all of them take. */
export interface RendobarComposeTransform {
  readonly position?: unknown;
  readonly scale?: unknown;
  readonly rotate?: unknown;
  readonly anchor?: unknown;
  readonly fit?: unknown;
  readonly animateTo?: unknown;
}

export interface RendobarComposeColor {
  readonly brightness?: number | undefined;
  readonly contrast?: number | undefined;
  readonly saturation?: number | undefined;
  readonly gamma?: number | undefined;
  readonly hue?: number | undefined;
  readonly temperature?: number | undefined;
}

export interface RendobarComposeTransition {
  readonly type: 'transition';
  readonly transition: OpenWord<'crossfade' | 'fade' | 'slide' | 'zoom' | 'none'>;
  /** Seconds. */
  readonly duration: number;
  readonly direction?: string | undefined;
}

/** What a clip shows. The fields of a shape, a style or a nested composition are those of the compose page. */
export interface RendobarComposeAsset extends Open {
  readonly type: OpenWord<'video' | 'image' | 'audio' | 'text' | 'shape' | 'composition'>;
  /** The media of a video, an image or an audio clip. */
  readonly src?: string | undefined;
  readonly text?: string | undefined;
}
