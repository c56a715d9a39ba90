import type { EngineSession, ExecResult } from './engine.ts';
import { describedOnly } from './media-info.ts';
import type { WasmInstance } from './wasm-instance.ts';

/**
 * Runs of one instance. FFmpeg's `main` expects to run once in a process: the WebAssembly build leaves it by an abort,
 * which never gives its part of the stack back, nor all of its memory. Measured with @ffmpeg/core 0.12.10: 224 bytes of
 * stack are lost with each clean run.
 */
const RUNS_PER_INSTANCE = 32;

/**
 * A session that outlives its instances: a worn instance is replaced before the next run, and only once its memory is
 * free, so that a long row of runs needs no more memory than a short one. Files pass over through the work folder.
 */
export async function createWasmSession(start: () => Promise<WasmInstance>): Promise<EngineSession> {
  let instance = await start();
  let runs = 0;
  return {
    async exec(args, { onTime } = {}) {
      if (runs >= RUNS_PER_INSTANCE) {
        await instance.end();
        instance = await start();
        runs = 0;
      }
      const result = await instance.exec(args, onTime);
      runs = endedCleanly(result) ? runs + 1 : RUNS_PER_INSTANCE;
      return result;
    },
    close: () => instance.end(),
  };
}

/** A run that FFmpeg gave up midway lost a whole call chain of stack: up to 11 KB, measured. */
function endedCleanly(result: ExecResult): boolean {
  return result.exitCode === 0 || describedOnly(result.log);
}
