import type { EngineInfo } from './renderer.ts';

/** What one FFmpeg run left behind. A run that was stopped throws instead. */
export interface ExecResult {
  /** 0 when FFmpeg finished its work. */
  readonly exitCode: number;
  /** The end of FFmpeg's own words, bounded, with local paths removed. */
  readonly log: string;
}

export interface ExecOptions {
  /** Called with the position in the output, in seconds. May fall when several outputs are written. */
  readonly onTime?: (seconds: number) => void;
}

/** FFmpeg bound to the folder of one job. File names in arguments are relative to that folder. */
export interface EngineSession {
  /**
   * Runs one argument list (without `ffmpeg` itself). Files that the run wrote stand in the work folder afterwards.
   * Throws the reason of the session's signal, a RenderFault, once that signal is aborted.
   */
  exec(args: readonly string[], options?: ExecOptions): Promise<ExecResult>;
  close(): Promise<void>;
}

export interface SessionOptions {
  readonly workDir: string;
  /** Its reason must be a RenderFault: it is thrown as it is. */
  readonly signal: AbortSignal;
  /** The run is stopped once its outputs together exceed this many bytes. */
  readonly maxOutputBytes: number;
}

/** One FFmpeg, native or WebAssembly, behind the same face. */
export interface Engine {
  readonly info: EngineInfo;
  /** Threads that one run may use. */
  readonly threads: number;
  /** True when a run cannot touch anything outside its work folder, whatever its arguments say. */
  readonly confined: boolean;
  open(options: SessionOptions): Promise<EngineSession>;
  close(): Promise<void>;
}
