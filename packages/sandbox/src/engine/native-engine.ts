import { availableParallelism, constants } from 'node:os';
import { CAGE_FOLDER, type Confinement } from './confinement.ts';
import type { Engine, EngineSession, SessionOptions } from './engine.ts';
import { withoutLocalPaths } from './log-tail.ts';
import { type ProcessResult, runProcess } from './native-process.ts';
import { createProgressReader } from './progress-report.ts';
import { type EngineInfo, RenderFault } from './renderer.ts';
import { watchGrowth } from './watch-growth.ts';

export interface NativeEngineOptions {
  readonly path: string;
  readonly version: string;
  readonly reason: string;
  readonly confinement: Confinement;
  readonly pathEnv: string;
}

const { signals } = constants;
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
    open: (session) => createNativeSession(options, session),
    close: async () => undefined,
  };
}

async function createNativeSession(engine: NativeEngineOptions, options: SessionOptions): Promise<EngineSession> {
  const { workDir, maxOutputBytes, signal } = options;
  const prefix = engine.confinement.prefix({ workDir, maxFileBytes: maxOutputBytes });
  const env = nativeEnvironment(engine.pathEnv, workDir);
  return {
    async exec(args, { onTime } = {}) {
      const guard = new AbortController();
      const growth = await watchGrowth(workDir, maxOutputBytes, () => guard.abort(outputTooLarge(maxOutputBytes)));
      const reader = createProgressReader(({ seconds, bytes }) => {
        if (seconds !== undefined) onTime?.(seconds);
        if (bytes !== undefined && bytes > maxOutputBytes) guard.abort(outputTooLarge(maxOutputBytes));
        else growth.look();
      });
      const [command = engine.path, ...rest] = [...prefix, engine.path, ...FIXED_ARGS, ...args];
      const result = await runProcess({
        command,
        args: rest,
        cwd: workDir,
        env,
        signal: AbortSignal.any([signal, guard.signal]),
        onStdout: reader,
      });
      const log = withoutLocalPaths(result.stderr, [workDir, CAGE_FOLDER]);
      const endedBy = signalThatEnded(result);
      if (endedBy === 'SIGXFSZ') throw outputTooLarge(maxOutputBytes);
      if (endedBy === 'SIGXCPU') throw new RenderFault('timeout', 'FFmpeg used up its processor time and was stopped.');
      if (endedBy !== null) throw new RenderFault('failed', `FFmpeg was ended by ${endedBy}.`, log.slice(-2_000));
      return { exitCode: result.exitCode ?? 1, log };
    },
    close: async () => undefined,
  };
}

/** A cage that outlives the program inside reports the signal that ended it as 128 + its number, as shells do. */
function signalThatEnded({ exitCode, endedBy }: ProcessResult): NodeJS.Signals | null {
  if (endedBy !== null || exitCode === null || exitCode <= 128 || exitCode === 255) return endedBy;
  const number = exitCode - 128;
  const names = Object.keys(signals).filter((name): name is NodeJS.Signals => name in signals);
  return names.find((name) => signals[name] === number) ?? null;
}

/** What a native FFmpeg may see of the environment: enough to find its libraries, nothing that holds a secret. */
export function nativeEnvironment(pathEnv: string, workDir: string): Readonly<Record<string, string>> {
  return { PATH: pathEnv, HOME: workDir, TMPDIR: workDir, LC_ALL: 'C.UTF-8', AV_LOG_FORCE_NOCOLOR: '1' };
}

/** The fault for outputs that outgrew the limit of the session. */
export function outputTooLarge(maxBytes: number): RenderFault {
  return new RenderFault('failed', `The output grew beyond ${Math.round(maxBytes / 1_000_000)} MB and was stopped.`);
}
