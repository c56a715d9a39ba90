import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export interface WasmPackage {
  /** Emscripten's glue, a CommonJS file. */
  readonly gluePath: string;
  readonly wasmPath: string;
  /** FFmpeg's version inside the build. */
  readonly version: string;
}

/** Which FFmpeg a release of the package carries; its own metadata does not say. */
const FFMPEG_INSIDE: Readonly<Record<string, string>> = { '0.12.10': '5.1.4' };

/** Finds the optional package by name without loading it. Returns undefined when it is not installed. */
export async function findWasmPackage(): Promise<WasmPackage | undefined> {
  try {
    const entry = createRequire(import.meta.url).resolve('@ffmpeg/core');
    // Which of its two builds resolves depends on the process's export conditions; the worker loads the CommonJS one.
    const folder = join(dirname(entry), '..', 'umd');
    const manifest: unknown = JSON.parse(await readFile(join(folder, '..', '..', 'package.json'), 'utf8'));
    const release = isManifest(manifest) ? manifest.version : 'unknown';
    const version = FFMPEG_INSIDE[release] ?? `of @ffmpeg/core ${release}`;
    return { gluePath: join(folder, 'ffmpeg-core.js'), wasmPath: join(folder, 'ffmpeg-core.wasm'), version };
  } catch {
    return undefined;
  }
}

function isManifest(value: unknown): value is { readonly version: string } {
  return typeof value === 'object' && value !== null && 'version' in value && typeof value.version === 'string';
}
