/// <reference path="./webassembly.d.ts" />
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
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

async function loadCore(): Promise<FfmpegCore> {
  Object.assign(globalThis, { self: globalThis, location: { href: 'file:///' } });
  const create: CreateCore = createRequire(import.meta.url)(data.gluePath);
  return create({
    locateFile: (name) => name,
    instantiateWasm(imports, ready) {
      WebAssembly.instantiate(data.module, imports).then(
        (instance) => ready(instance, data.module),
        (error: unknown) => {
          throw error;
        },
      );
      return {};
    },
  });
}

function createRunner(core: FfmpegCore): (args: readonly string[]) => void {
  /** Files that stand in both folders already, with the time of their last change inside FFmpeg's memory. */
  const known = new Map<string, number>();
  core.FS.mkdir(JOB);
  core.FS.chdir(JOB);
  const written = () =>
    core.FS.readdir(JOB).flatMap((name) => {
      const { mode, mtime, size } = core.FS.stat(`${JOB}/${name}`);
      return core.FS.isFile(mode) && known.get(name) !== mtime.getTime()
        ? [{ name, size, changed: mtime.getTime() }]
        : [];
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
      if (!entry.isFile() || known.has(name)) continue;
      core.FS.writeFile(`${JOB}/${name}`, readFileSync(join(data.workDir, name)));
      known.set(name, core.FS.stat(`${JOB}/${name}`).mtime.getTime());
    }
  };
  const bringOut = () => {
    for (const { name, changed } of written()) {
      writeFileSync(join(data.workDir, name), core.FS.readFile(`${JOB}/${name}`));
      known.set(name, changed);
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
const run = createRunner(await loadCore());
port?.on('message', (request: WasmExecRequest) => run(request.args));
post({ kind: 'ready' });
