/// <reference path="./webassembly.d.ts" />
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type { WasmExecRequest, WasmWorkerData, WasmWorkerMessage } from './wasm-messages.ts';

/** The part of Emscripten's module that is used here; the package ships no types. */
interface FfmpegCore {
  readonly FS: {
    mkdir(path: string): void;
    chdir(path: string): void;
    readdir(path: string): string[];
    readFile(path: string): Uint8Array;
    writeFile(path: string, bytes: Uint8Array): void;
    unlink(path: string): void;
    stat(path: string): { readonly size: number; readonly mode: number; readonly mtime: Date };
    isFile(mode: number): boolean;
    analyzePath(path: string): { readonly exists: boolean };
  };
  _malloc(bytes: number): number;
  exec(...args: string[]): number;
  reset(): void;
  setLogger(logger: (line: { readonly message: string }) => void): void;
  setProgress(handler: (at: { readonly time: number }) => void): void;
}

type CreateCore = (overrides: {
  readonly instantiateWasm: (
    imports: WebAssembly.Imports,
    ready: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ) => object;
  readonly locateFile: (name: string) => string;
}) => Promise<FfmpegCore>;

const JOB = '/job';
const LOG_LIMIT = 65_536;
const STACK_BYTES = 8 * 1024 * 1024;
/** FFmpeg may write thousands of lines a second; this many milliseconds lie between two signs of life. */
const BEAT_MS = 200;
const STATISTICS = /^(?:frame|size)=\s*\S+ .*time=/;
const data = workerData as WasmWorkerData;
const port = parentPort;
const post = (message: WasmWorkerMessage) => port?.postMessage(message);

let lastBeat = 0;
function beat(): void {
  const now = Date.now();
  if (now - lastBeat < BEAT_MS) return;
  lastBeat = now;
  post({ kind: 'alive' });
}

class OutputTooLarge extends Error {}

/**
 * Emscripten's glue believes that it runs in a browser worker and opens sockets through these globals when FFmpeg meets
 * a network address. Without them every such address answers "Host is unreachable".
 */
function closeNetwork(): void {
  for (const name of ['fetch', 'WebSocket', 'XMLHttpRequest', 'EventSource']) Reflect.deleteProperty(globalThis, name);
}

interface LoadedCore {
  readonly core: FfmpegCore;
  readonly exports: WebAssembly.Instance['exports'];
}

async function loadCore(): Promise<LoadedCore> {
  Object.assign(globalThis, { self: globalThis, location: { href: 'file:///' } });
  const create: CreateCore = createRequire(import.meta.url)(data.gluePath);
  let exports: WebAssembly.Instance['exports'] = {};
  const core = await create({
    locateFile: (name) => name,
    instantiateWasm(imports, ready) {
      WebAssembly.instantiate(data.module, imports).then(
        (instance) => {
          exports = instance.exports;
          ready(instance, data.module);
        },
        (error: unknown) => {
          throw error;
        },
      );
      return {};
    },
  });
  return { core, exports };
}

/**
 * Gives FFmpeg a stack of 8 MB, as every desktop system does. The build's own has 64 KB, which VP9 and JPEG encoders
 * overrun: the crash is then called "memory access out of bounds" (ffmpegwasm/ffmpeg.wasm issues 679 and 823). The names
 * are those that the build's minifier gave to Emscripten's `stackSave` and `stackRestore`; a build in which they do not
 * behave like that keeps its stack.
 */
function enlargeStack({ core, exports }: LoadedCore): void {
  const { Da: save, Ea: restore } = exports;
  if (typeof save !== 'function' || typeof restore !== 'function' || typeof core._malloc !== 'function') return;
  const before: unknown = save();
  const bottom = core._malloc(STACK_BYTES);
  if (bottom === 0) return;
  const top = bottom + STACK_BYTES - (bottom % 16);
  restore(top);
  if (save() !== top) restore(before);
}

function createRunner(core: FfmpegCore): (args: readonly string[]) => void {
  /** Files that stand in both folders already, with the times of their last change: inside FFmpeg's memory, and on disk. */
  const known = new Map<string, { readonly inside: number; readonly onDisk: number }>();
  const remember = (name: string) =>
    known.set(name, {
      inside: core.FS.stat(`${JOB}/${name}`).mtime.getTime(),
      onDisk: statSync(join(data.workDir, name)).mtimeMs,
    });
  core.FS.mkdir(JOB);
  core.FS.chdir(JOB);
  const written = () =>
    core.FS.readdir(JOB).flatMap((name) => {
      const { mode, mtime, size } = core.FS.stat(`${JOB}/${name}`);
      return core.FS.isFile(mode) && known.get(name)?.inside !== mtime.getTime() ? [{ name, size }] : [];
    });
  const bringIn = () => {
    const entries = readdirSync(data.workDir, { withFileTypes: true, recursive: true });
    const inside = entries.map((entry) => ({
      entry,
      name: relative(data.workDir, join(entry.parentPath, entry.name)),
    }));
    const present = new Set(inside.map(({ name }) => name));
    for (const name of known.keys()) {
      if (present.has(name)) continue;
      core.FS.unlink(`${JOB}/${name}`);
      known.delete(name);
    }
    for (const { entry, name } of inside) {
      if (entry.isDirectory() && !core.FS.analyzePath(`${JOB}/${name}`).exists) core.FS.mkdir(`${JOB}/${name}`);
      const path = join(data.workDir, name);
      // A name may come back with other content: what FFmpeg reads must be what stands on disk.
      if (!entry.isFile() || known.get(name)?.onDisk === statSync(path).mtimeMs) continue;
      core.FS.writeFile(`${JOB}/${name}`, readFileSync(path));
      remember(name);
    }
  };
  const bringOut = () => {
    for (const { name } of written()) {
      writeFileSync(join(data.workDir, name), core.FS.readFile(`${JOB}/${name}`));
      remember(name);
    }
  };
  return (args) => {
    let log = '';
    core.setLogger(({ message }) => {
      beat();
      // Progress is reported only together with these lines; nobody wants to read them.
      if (STATISTICS.test(message)) return;
      log = `${log}${message}\n`;
      if (log.length > 2 * LOG_LIMIT) log = log.slice(-LOG_LIMIT);
    });
    core.setProgress(({ time }) => {
      beat();
      if (Number.isFinite(time) && time >= 0) post({ kind: 'time', seconds: time / 1_000_000 });
      if (written().reduce((sum, file) => sum + file.size, 0) > data.maxOutputBytes) throw new OutputTooLarge();
    });
    try {
      bringIn();
      const exitCode = core.exec('-hide_banner', '-stats_period', '0.25', ...args);
      core.reset();
      if (exitCode === 0) bringOut();
      post({ kind: 'done', exitCode, log: log.slice(-LOG_LIMIT) });
    } catch (error) {
      if (error instanceof OutputTooLarge) post({ kind: 'too-large' });
      else
        post({
          kind: 'crashed',
          message: error instanceof Error ? error.message : String(error),
          log: log.slice(-LOG_LIMIT),
        });
    }
  };
}

// The glue is read from disk by require, so the network can go before a single line of it runs.
closeNetwork();
const loaded = await loadCore();
enlargeStack(loaded);
const run = createRunner(loaded.core);
port?.on('message', (request: WasmExecRequest) => run(request.args));
post({ kind: 'ready' });
