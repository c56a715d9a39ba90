/** Which FFmpeg renders, and why that one. Shown in health, in logs and in the job record. */
export interface EngineInfo {
  readonly kind: 'native' | 'wasm';
  /** FFmpeg's own version, for example `7.1.1`. */
  readonly version: string;
  /** The binary of a native engine. */
  readonly path?: string;
  /** Why this engine was chosen, in one sentence. */
  readonly reason: string;
}

/** Where an input's bytes come from: a URL, or text given inline. */
export type InputSource = { readonly url: string } | { readonly content: string } | { readonly path: string };

export interface CommandTask {
  /** One FFmpeg command line, with or without the leading `ffmpeg`. */
  readonly command: string;
  /** Files that the command may name, by that name. URLs after `-i` need no entry here. */
  readonly inputs: Readonly<Record<string, InputSource>>;
  /** Overrides the output's file ending. */
  readonly outputFormat?: string;
}

/** A validated PhantomFlow movie script; see `movie/schema.ts`. */
export type MovieTask = Readonly<Record<string, unknown>>;

export interface RenderContext {
  /** A folder of this job alone. The renderer writes nowhere else. */
  readonly workDir: string;
  /** Aborting ends the engine within a second and leaves no process behind. */
  readonly signal: AbortSignal;
  /** Milliseconds of wall clock until the render is stopped with `timeout`. */
  readonly timeoutMs: number;
  /** Share done, 0 to 1, never falling; 1 is reported by the end of the render alone. */
  readonly onProgress: (fraction: number) => void;
}

export interface RenderedFile {
  readonly path: string;
  /** File name as the caller wrote it, for example `output.mp4`. */
  readonly name: string;
  readonly type: 'video' | 'image' | 'audio' | 'captions' | 'playlist' | 'data' | 'other';
  readonly sizeBytes: number;
  readonly width?: number;
  readonly height?: number;
  readonly durationSeconds?: number;
}

export interface RenderResult {
  readonly files: readonly RenderedFile[];
  /** Things a caller should know although the render worked, for example glyphs that no font has. */
  readonly warnings: readonly string[];
}

export type RenderFaultKind =
  | 'invalid-command'
  | 'source-blocked'
  | 'source-unreachable'
  | 'source-not-media'
  | 'engine-cannot'
  | 'failed'
  | 'timeout'
  | 'cancelled';

/** Why a render ended without a result. `detail` is the tail of FFmpeg's own words, with local paths removed. */
export class RenderFault extends Error {
  override readonly name = 'RenderFault';
  readonly kind: RenderFaultKind;
  readonly detail?: string;
  constructor(kind: RenderFaultKind, message: string, detail?: string) {
    super(message);
    this.kind = kind;
    if (detail !== undefined) this.detail = detail;
  }
}

/** Renders; knows nothing of HTTP, accounts or job states. */
export interface Renderer {
  readonly engine: EngineInfo;
  /** Throws RenderFault `invalid-command` with the words the vendor would use, before anything runs. */
  checkCommand(task: CommandTask): { readonly args: readonly string[]; readonly outputNames: readonly string[] };
  renderCommand(task: CommandTask, context: RenderContext): Promise<RenderResult>;
  renderMovie(movie: MovieTask, context: RenderContext): Promise<RenderResult>;
  close(): Promise<void>;
}
