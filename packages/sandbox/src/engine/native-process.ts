import { type ChildProcess, spawn } from 'node:child_process';
import { createLogTail } from './log-tail.ts';

export interface ProcessRun {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly onStdout?: (chunk: string) => void;
}

export interface ProcessResult {
  /** null when a signal ended the process. */
  readonly exitCode: number | null;
  readonly endedBy: NodeJS.Signals | null;
  readonly stderr: string;
  readonly stdout: string;
}

/** FFmpeg closes its files within 300 ms of SIGTERM (measured); whatever lives longer is killed inside the second. */
const KILL_AFTER_MS = 500;

const running = new Set<ChildProcess>();
let sweepAtExit = false;

/**
 * Runs one program without a shell, in a process group of its own, so that abort reaches its children too.
 * Resolves with the outcome, also for a failed one; rejects when the program cannot be started (ENOENT, EACCES), or with
 * the signal's reason after an abort, and then only once the process is gone.
 */
export function runProcess(run: ProcessRun): Promise<ProcessResult> {
  if (run.signal.aborted) return Promise.reject(run.signal.reason);
  sweepWhenNodeExits();
  return new Promise((resolve, reject) => {
    const child = spawn(run.command, [...run.args], {
      cwd: run.cwd,
      env: run.env,
      detached: process.platform !== 'win32',
      windowsHide: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    const stderr = createLogTail();
    const stdout = createLogTail();
    let killTimer: NodeJS.Timeout | undefined;
    const stop = () => {
      signalGroup(child, 'SIGTERM');
      killTimer = setTimeout(() => signalGroup(child, 'SIGKILL'), KILL_AFTER_MS);
    };
    const settle = () => {
      running.delete(child);
      clearTimeout(killTimer);
      run.signal.removeEventListener('abort', stop);
    };
    run.signal.addEventListener('abort', stop, { once: true });
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout.add(chunk);
      run.onStdout?.(chunk);
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => stderr.add(chunk));
    child.once('error', (error) => {
      settle();
      reject(run.signal.aborted ? run.signal.reason : error);
    });
    child.once('close', (exitCode, endedBy) => {
      settle();
      if (run.signal.aborted) reject(run.signal.reason);
      else resolve({ exitCode, endedBy, stderr: stderr.read(), stdout: stdout.read() });
    });
  });
}

/** For a child whose pipes are open: somebody in its group lives, also where the first of them has ended already. */
function signalGroup(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill(name);
    else process.kill(-child.pid, name);
  } catch {
    // The group ended between the look and the signal.
  }
}

/** A process group of its own outlives Node: without this, Ctrl-C would leave renders running. */
function sweepWhenNodeExits(): void {
  if (sweepAtExit) return;
  sweepAtExit = true;
  process.once('exit', () => {
    for (const child of running) signalGroup(child, 'SIGKILL');
  });
}
