/// <reference path="./webassembly.d.ts" />
import { readFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import type { Engine, EngineSession, ExecOptions, ExecResult, SessionOptions } from './engine.ts';
import { withoutLocalPaths } from './log-tail.ts';
import { outputTooLarge } from './native-engine.ts';
import { RenderFault } from './renderer.ts';
import type { WasmExecRequest, WasmWorkerData, WasmWorkerMessage } from './wasm-messages.ts';
import type { WasmPackage } from './wasm-package.ts';

// The worker stands beside this file, as TypeScript in the source tree and as JavaScript in the build.
const WORKER_URL = new URL(import.meta.url.endsWith('.ts') ? './wasm-worker.ts' : './wasm-worker.js', import.meta.url);

/**
 * Runs FFmpeg as WebAssembly. Every session gets a fresh worker: it frees its memory, cannot leak state into the next
 * job, and can be terminated in the middle of a frame.
 */
export function createWasmEngine(wasm: WasmPackage, reason: string): Engine {
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
      options.signal.throwIfAborted();
      const data: WasmWorkerData = {
        gluePath: wasm.gluePath,
        module,
        workDir: options.workDir,
        maxOutputBytes: options.maxOutputBytes,
      };
      // An empty environment: nothing that FFmpeg or its glue could read holds a secret.
      const worker = new Worker(WORKER_URL, { workerData: data, env: {}, execArgv: [], stdout: true, stderr: true });
      workers.add(worker);
      worker.once('exit', () => workers.delete(worker));
      return createWasmSession(worker, options);
    },
    async close() {
      compiled = undefined;
      await Promise.all([...workers].map((worker) => worker.terminate()));
    },
  };
}

async function createWasmSession(worker: Worker, options: SessionOptions): Promise<EngineSession> {
  try {
    await converse(worker, options, undefined, {});
  } catch (error) {
    await worker.terminate();
    throw error;
  }
  return {
    exec: (args, execOptions = {}) => converse(worker, options, { args }, execOptions),
    close: async () => {
      await worker.terminate();
    },
  };
}

/** Sends one request, if any, and waits for its final answer; an abort terminates the worker and throws the reason. */
function converse(
  worker: Worker,
  { signal, workDir, maxOutputBytes }: SessionOptions,
  request: WasmExecRequest | undefined,
  { onTime }: ExecOptions,
): Promise<ExecResult> {
  const clean = (log: string) => withoutLocalPaths(log, [workDir]);
  return new Promise((resolve, reject) => {
    const settle = (end: () => void) => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      signal.removeEventListener('abort', onAbort);
      end();
    };
    const onMessage = (message: WasmWorkerMessage) => {
      switch (message.kind) {
        case 'time':
          onTime?.(message.seconds);
          return;
        case 'ready':
          return settle(() => resolve({ exitCode: 0, log: '' }));
        case 'done':
          return settle(() => resolve({ exitCode: message.exitCode, log: clean(message.log) }));
        case 'too-large':
          return settle(() => reject(outputTooLarge(maxOutputBytes)));
        case 'crashed': {
          const words = clean(`${message.log}\n${message.message}`).slice(-2_000);
          return settle(() => reject(new RenderFault('failed', 'FFmpeg crashed on this input.', words)));
        }
      }
    };
    const onError = (error: Error) =>
      settle(() => reject(new RenderFault('failed', 'The WebAssembly engine stopped.', clean(error.message))));
    const onExit = () => settle(() => reject(new RenderFault('failed', 'The WebAssembly engine ended too early.')));
    const onAbort = () => settle(() => void worker.terminate().then(() => reject(signal.reason)));
    if (signal.aborted) return onAbort();
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    signal.addEventListener('abort', onAbort, { once: true });
    if (request !== undefined) worker.postMessage(request);
  });
}
