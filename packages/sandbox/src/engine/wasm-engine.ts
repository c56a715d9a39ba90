/// <reference path="./webassembly.d.ts" />
import { readFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import type { Engine } from './engine.ts';
import { startWasmInstance } from './wasm-instance.ts';
import type { WasmWorkerData } from './wasm-messages.ts';
import type { WasmPackage } from './wasm-package.ts';
import { createWasmSession } from './wasm-session.ts';

// The worker stands beside this file, as TypeScript in the source tree and as JavaScript in the build.
const WORKER_URL = new URL(import.meta.url.endsWith('.ts') ? './wasm-worker.ts' : './wasm-worker.js', import.meta.url);

/** FFmpeg reports four times a second while it works; the slowest filters need seconds for one frame. */
const STALL_MS = 120_000;

/**
 * Runs FFmpeg as WebAssembly. Every session gets fresh workers: they free their memory, cannot leak state into the next
 * job, and can be terminated in the middle of a frame. A run that says nothing for `stallMs` ends with the RenderFault
 * `timeout`: code that spins inside WebAssembly would hold its slot until the job's own clock runs out.
 */
export function createWasmEngine(wasm: WasmPackage, reason: string, stallMs = STALL_MS): Engine {
  let compiled: Promise<WebAssembly.Module> | undefined;
  const workers = new Set<Worker>();
  return {
    info: { kind: 'wasm', version: wasm.version, reason },
    threads: 1,
    confined: true,
    async open(options) {
      compiled ??= readFile(wasm.wasmPath).then((bytes) => WebAssembly.compile(bytes));
      const module = await compiled.catch((error: unknown) => {
        compiled = undefined;
        throw error;
      });
      const { workDir, maxOutputBytes, signal } = options;
      const data: WasmWorkerData = { gluePath: wasm.gluePath, module, workDir, maxOutputBytes };
      return createWasmSession(() => {
        signal.throwIfAborted();
        // An empty environment: nothing that FFmpeg or its glue could read holds a secret.
        const worker = new Worker(WORKER_URL, { workerData: data, env: {}, execArgv: [], stdout: true, stderr: true });
        workers.add(worker);
        worker.once('exit', () => workers.delete(worker));
        return startWasmInstance(worker, { ...options, stallMs });
      });
    },
    async close() {
      compiled = undefined;
      await Promise.all([...workers].map((worker) => worker.terminate()));
    },
  };
}
