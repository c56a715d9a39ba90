/** A word of a list that may grow: the known ones complete in an editor, any other is accepted. */
type OpenWord<Known extends string> = Known | (string & {});

/** Params that are newer than these types. */
interface Extra {
  readonly [param: string]: unknown;
}

interface Timed extends Extra {
  /** Seconds that the job may run; it can only shorten what the plan allows. */
  readonly timeout?: number;
}

export interface RendobarFfmpegParams extends Timed {
  /** At most 16,384 characters; a leading `ffmpeg` may be left out. Parsed without a shell. */
  readonly command: string;
  /** Default: the ending of the last file name in the command. */
  readonly outputFormat?: OpenWord<
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
  >;
  /** Default `auto`: NVENC and CUDA commands go to a GPU. `gpu` needs the Pro plan. */
  readonly compute?: 'auto' | 'cpu' | 'gpu';
}

export interface RendobarFfprobeParams extends Timed {
  /** An ffprobe command; a bare URL is enough. */
  readonly command: string;
}

export interface RendobarCompressParams extends Timed {
  readonly for?: 'web' | 'archive';
  /** A tier, a quality from 1 to 100, a largest size, or a bitrate in kbit/s. Default `balanced`. */
  readonly target?:
    | OpenWord<'visually-lossless' | 'balanced' | 'efficient'>
    | number
    | { readonly maxSize: string }
    | { readonly maxBytes: number }
    | { readonly bitrate: number };
  readonly compatibility?: 'modern' | 'broad' | 'legacy';
  readonly codec?: OpenWord<
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
  >;
  /** Pixels, or a name such as `1080p`. */
  readonly maxResolution?: number | string;
  /** `#rrggbb` flattens onto a colour. */
  readonly alpha?: OpenWord<'preserve' | 'flatten'>;
  readonly metadata?: 'all' | 'colorOnly' | 'none';
  readonly effort?: 'fast' | 'balanced' | 'thorough';
  readonly forceReencode?: boolean;
  /** Reports what would be done, without an output. */
  readonly dryRun?: boolean;
  readonly video?: { readonly audioTracks?: 'all' | 'primary' | 'none'; readonly subtitles?: 'strip' | 'preserve' };
  readonly audio?: { readonly loudnessLufs?: number; readonly channels?: 'preserve' | 'mono' | 'stereo' };
  readonly tuning?: { readonly metric?: string; readonly floor?: number };
}

export interface RendobarBurnCaptionsParams extends Timed {
  /** Default `auto`. */
  readonly language?: string;
  /** Default `Inter`. */
  readonly font?: string;
  /** 8 to 400. Default 48. */
  readonly fontSize?: number;
  /** Default `#FFFFFF`. */
  readonly fontColor?: string;
  readonly bold?: boolean;
  readonly italic?: boolean;
  readonly outlineColor?: string;
  /** 0 to 20. Default 2. */
  readonly outlineWidth?: number;
  /** 0 to 20. Default 1. */
  readonly shadow?: number;
  readonly boxEnabled?: boolean;
  readonly boxColor?: string;
  /** 0 to 1. Default 0.6. */
  readonly boxOpacity?: number;
  readonly position?: 'bottom' | 'center' | 'top';
  readonly alignment?: 'left' | 'center' | 'right';
  /** 0 to 2,000 pixels. Default 60. */
  readonly marginV?: number;
  /** 0 to 2,000 pixels. Default 40. */
  readonly marginH?: number;
  /** 10 to 80. */
  readonly maxCharsPerLine?: number;
}

export interface RendobarAnimateCaptionsParams extends Timed {
  readonly preset?: OpenWord<
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
  >;
  /** Default English. */
  readonly language?: string;
  readonly mode?: 'fast' | 'balanced' | 'accurate';
  readonly style?: {
    readonly font?: string;
    readonly layout?: 'phrase' | 'word';
    readonly entrance?: OpenWord<'fade' | 'pop' | 'bounce'>;
    readonly highlight?: {
      readonly mode?: string;
      readonly color?: string;
      readonly textColor?: string;
      /** 100 to 200 percent. */
      readonly scale?: number;
    };
  } & Extra;
  readonly autoEmphasis?: boolean;
  readonly translateTo?: OpenWord<'es' | 'fr' | 'de' | 'pt' | 'it' | 'nl'>;
  /** Adds the transcript, SRT and VTT to `output.data`. */
  readonly captionData?: boolean;
}

interface ImageParams extends Timed {
  /** At most 4,000 characters. */
  readonly prompt: string;
  /** A tier or the exact id of a model. Default `economy`. */
  readonly model?: OpenWord<'economy' | 'standard' | 'premium'>;
  /** At most 4,096; snapped to what the model can do. */
  readonly width?: number;
  /** At most 4,096; snapped to what the model can do. */
  readonly height?: number;
  readonly seed?: number;
  readonly enhancePrompt?: boolean;
  /** Pinned models only. */
  readonly steps?: number;
  /** 1 to 10; pinned models only. */
  readonly guidance?: number;
  /** At most 1,000 characters; pinned models only. */
  readonly negativePrompt?: string;
}

export interface RendobarGenerateImageParams extends ImageParams {}

export interface RendobarEditImageParams extends ImageParams {}

export interface RendobarUpscaleImageParams extends Timed {
  readonly model?: OpenWord<'seedvr2-3b' | 'seedvr2-7b'>;
  readonly sizing?:
    | { readonly mode: 'factor'; readonly factor?: number }
    | { readonly mode: 'height'; readonly height: number };
  readonly inputNoise?: number;
  /** 0.25 to 1. */
  readonly inputScale?: number;
  readonly passes?: number;
  readonly latentNoise?: number;
  readonly colorCorrection?: OpenWord<'lab' | 'wavelet' | 'wavelet_adaptive' | 'hsv' | 'adain' | 'none'>;
  /** Default 42. */
  readonly seed?: number;
}

/** A timeline or scenes, never both; the prompt form of this type is not documented. */
export interface RendobarComposeParams extends Timed {
  readonly schemaVersion?: 1;
  readonly output?: RendobarComposeOutput;
  readonly timeline?: RendobarComposeTimeline;
}

export interface RendobarComposeOutput extends Extra {
  readonly format?: OpenWord<'mp4' | 'webm' | 'gif' | 'mp3' | 'jpg' | 'png'>;
  readonly resolution?: { readonly width: number; readonly height: number };
  /** A preset instead of `resolution`, for example `1080p`, `tiktok` or `square`. */
  readonly size?: OpenWord<'360p' | '720p' | '1080p' | '4k' | 'tiktok' | 'reels' | 'shorts' | 'square' | 'youtube-hd'>;
  /** Default 30. */
  readonly fps?: number;
  readonly quality?: 'draft' | 'standard' | 'high' | 'max';
  readonly videoCodec?: OpenWord<'h264' | 'vp9'>;
  readonly audioCodec?: OpenWord<'aac' | 'opus' | 'mp3'>;
  readonly crf?: number;
  readonly encoderPreset?: string;
  /** Seconds into the timeline, for a still. */
  readonly frameTime?: number;
}

export interface RendobarComposeTimeline extends Extra {
  /** The first track is the background. */
  readonly tracks?: readonly ({
    readonly clips: readonly (RendobarComposeClip | RendobarComposeTransition)[];
  } & Extra)[];
  readonly scenes?: readonly ({
    readonly duration?: number;
    readonly transition?: unknown;
    readonly clips: readonly (RendobarComposeClip | RendobarComposeTransition)[];
  } & Extra)[];
  readonly overlays?: readonly unknown[];
}

export interface RendobarComposeClip extends Extra {
  readonly asset: RendobarComposeAsset;
  /** Seconds. */
  readonly start?: number;
  /** Seconds, or `end` for as long as the timeline. */
  readonly length?: number | 'end';
  /** 0 to 1, or keyframes. */
  readonly opacity?: unknown;
  readonly transform?: Extra;
  readonly speed?: number;
  readonly filter?: unknown;
  readonly color?: Extra;
}

export interface RendobarComposeTransition extends Extra {
  readonly type: 'transition';
  readonly transition: OpenWord<'crossfade' | 'fade' | 'slide' | 'zoom' | 'none'>;
  /** Seconds. */
  readonly duration: number;
  readonly direction?: string;
}

export interface RendobarComposeAsset extends Extra {
  readonly type: OpenWord<'video' | 'image' | 'audio' | 'text' | 'shape' | 'composition'>;
  /** The media of a video, an image or an audio clip. */
  readonly src?: string;
  readonly text?: string;
}
