/// <reference path="./webassembly.d.ts" />
import type { Worker } from 'node:worker_threads';
import type { ExecResult, SessionOptions } from './engine.ts';
import { withoutLocalPaths } from './log-tail.ts';
import { outputTooLarge } from './native-engine.ts';
import { RenderFault } from './renderer.ts';
import type { WasmExecRequest, WasmWorkerMessage } from './wasm-messages.ts';

export interface WasmInstanceOptions extends SessionOptions {
  /** Milliseconds without a sign of life after which a run counts as stuck. */
  readonly stallMs: number;
}

/** One FFmpeg in one worker: its memory lives and dies with it. */
export interface WasmInstance {
  exec(args: readonly string[], onTime: ((seconds: number) => void) | undefined): Promise<ExecResult>;
  /** Ends the worker, in the middle of a frame if it must, and resolves when its memory is free. */
  end(): Promise<void>;
}

/** Waits until FFmpeg is loaded in `worker`. Whatever goes wrong from here on, the worker is gone before it is told. */
export async function startWasmInstance(worker: Worker, options: WasmInstanceOptions): Promise<WasmInstance> {
  const end = async () => void (await worker.terminate());
  let gone = false;
  worker.once('exit', () => {
    gone = true;
  });
  const converse: Converse = async (request, onTime) => {
    // A worker that is gone says nothing any more, not even that it is gone.
    if (gone) throw new RenderFault('failed', 'The WebAssembly engine ended too early.');
    return ask(worker, options, request, onTime).catch(async (error: unknown) => {
      await end();
      throw error;
    });
  };
  await converse(undefined, undefined);
  return { exec: (args, onTime) => converse({ args }, onTime), end };
}

type Converse = (
  request: WasmExecRequest | undefined,
  onTime: ((seconds: number) => void) | undefined,
) => Promise<ExecResult>;

/** Sends one request, if any, and waits for its final answer, for an abort, or for the worker to fall silent. */
function ask(
  worker: Worker,
  { signal, workDir, maxOutputBytes, stallMs }: WasmInstanceOptions,
  request: WasmExecRequest | undefined,
  onTime: ((seconds: number) => void) | undefined,
): Promise<ExecResult> {
  const clean = (log: string) => withoutLocalPaths(log, [workDir]);
  return new Promise((resolve, reject) => {
    const settle = (end: () => void) => {
      clearTimeout(silence);
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      signal.removeEventListener('abort', onAbort);
      end();
    };
    const onMessage = (message: WasmWorkerMessage) => {
      silence.refresh();
      switch (message.kind) {
        case 'alive':
          return;
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
    const onAbort = () => settle(() => reject(signal.reason));
    const onSilence = () => settle(() => reject(stalled(stallMs)));
    const silence = setTimeout(onSilence, stallMs);
    if (signal.aborted) return onAbort();
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    signal.addEventListener('abort', onAbort, { once: true });
    if (request !== undefined) worker.postMessage(request);
  });
}

function stalled(stallMs: number): RenderFault {
  return new RenderFault('timeout', `FFmpeg gave no sign of life for ${stallMs / 1000} s and was stopped.`);
}
