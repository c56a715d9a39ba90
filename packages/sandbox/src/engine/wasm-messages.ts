/// <reference path="./webassembly.d.ts" />
/** What the parent hands to a new worker. The module is compiled once and shared, which saves half a second a render. */
export interface WasmWorkerData {
  readonly gluePath: string;
  readonly module: WebAssembly.Module;
  readonly workDir: string;
  readonly maxOutputBytes: number;
}

export interface WasmExecRequest {
  readonly args: readonly string[];
}

export type WasmWorkerMessage =
  | { readonly kind: 'ready' }
  /** FFmpeg is at work, whether or not it knows how far it is. */
  | { readonly kind: 'alive' }
  | { readonly kind: 'time'; readonly seconds: number }
  | { readonly kind: 'done'; readonly exitCode: number; readonly log: string }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'crashed'; readonly message: string; readonly log: string };
