import { availableParallelism } from 'node:os';
import { CAGE_FOLDER, type Confinement } from './confinement.ts';
import type { Engine, EngineSession, SessionOptions } from './engine.ts';
import { withoutLocalPaths } from './log-tail.ts';
import { runProcess } from './native-process.ts';
import { createProgressReader } from './progress-report.ts';
import { type EngineInfo, RenderFault } from './renderer.ts';

export interface NativeEngineOptions {
  readonly path: string;
  readonly version: string;
  readonly reason: string;
  readonly confinement: Confinement;
  readonly pathEnv: string;
}

const FIXED_ARGS = ['-hide_banner', '-nostdin', '-y', '-nostats', '-stats_period', '0.25', '-progress', 'pipe:1'];

/** Runs an FFmpeg of the machine as a child process: no shell, no inherited environment, nothing left behind. */
export function createNativeEngine(options: NativeEngineOptions): Engine {
  const info: EngineInfo = {
    kind: 'native',
    version: options.version,
    path: options.path,
    reason: options.reason,
  };
  return {
    info,
    // x264 splits its work by thread count: a fixed small number keeps outputs identical from run to run.
    threads: Math.min(4, availableParallelism()),
    confined: options.confinement.complete,
    open: async (session) => createNativeSession(options, session),
    close: async () => undefined,
  };
}

function createNativeSession(engine: NativeEngineOptions, options: SessionOptions): EngineSession {
  const prefix = engine.confinement.prefix(options.workDir);
  const env = nativeEnvironment(engine.pathEnv, options.workDir);
  return {
    async exec(args, { onTime } = {}) {
      const guard = new AbortController();
      const reader = createProgressReader(({ seconds, bytes }) => {
        if (seconds !== undefined) onTime?.(seconds);
        if (bytes !== undefined && bytes > options.maxOutputBytes) guard.abort(outputTooLarge(options.maxOutputBytes));
      });
      const [command = engine.path, ...rest] = [...prefix, engine.path, ...FIXED_ARGS, ...args];
      const result = await runProcess({
        command,
        args: rest,
        cwd: options.workDir,
        env,
        signal: AbortSignal.any([options.signal, guard.signal]),
        onStdout: reader,
      });
      const log = withoutLocalPaths(result.stderr, [options.workDir, CAGE_FOLDER]);
      if (result.endedBy !== null)
        throw new RenderFault('failed', `FFmpeg was ended by ${result.endedBy}.`, log.slice(-2_000));
      return { exitCode: result.exitCode ?? 1, log };
    },
    close: async () => undefined,
  };
}

/** What a native FFmpeg may see of the environment: enough to find its libraries, nothing that holds a secret. */
export function nativeEnvironment(pathEnv: string, workDir: string): Readonly<Record<string, string>> {
  return { PATH: pathEnv, HOME: workDir, TMPDIR: workDir, LC_ALL: 'C.UTF-8', AV_LOG_FORCE_NOCOLOR: '1' };
}

/** The fault for outputs that outgrew the limit of the session. */
export function outputTooLarge(maxBytes: number): RenderFault {
  return new RenderFault('failed', `The output grew beyond ${Math.round(maxBytes / 1_000_000)} MB and was stopped.`);
}
