import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

const KEPT_OUTPUT = 20_000;
const running = new Set<ChildProcess>();

// Whatever ends this process ends what it started.
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A program that runs until it is stopped. */
export interface Daemon {
  readonly pid: number;
  /** Its last words, for the reader of a failed test. */
  output(): string;
  hasEnded(): boolean;
  /** SIGTERM, then SIGKILL after `graceMs`; resolves when the process is gone. Safe to call twice. */
  stop(graceMs?: number): Promise<void>;
}

export interface DaemonSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly options?: Pick<SpawnOptions, 'cwd' | 'env' | 'uid' | 'gid'>;
  /** Says whether it serves already; asked about five times a second. */
  readonly isReady: (output: string) => boolean | Promise<boolean>;
  readonly startTimeoutMs: number;
}

/** Starts a program and waits until it serves. Rejects with its last words when it ends or takes too long instead. */
export async function startDaemon(spec: DaemonSpec): Promise<Daemon> {
  const child = spawn(spec.command, spec.args, { ...spec.options, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-KEPT_OUTPUT);
    });
  }
  await once(child, 'spawn');
  running.add(child);
  const ended = once(child, 'close').finally(() => running.delete(child));
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const daemon: Daemon = {
    pid: child.pid ?? -1,
    output: () => output,
    hasEnded,
    async stop(graceMs = 15_000) {
      if (hasEnded()) return;
      child.kill('SIGTERM');
      const isGone = await Promise.race([ended.then(() => true), sleep(graceMs, false, { ref: false })]);
      if (!isGone) child.kill('SIGKILL');
      await ended;
    },
  };
  const deadline = Date.now() + spec.startTimeoutMs;
  while (!(await spec.isReady(output))) {
    if (hasEnded())
      throw new Error(`${spec.name} ended at its start (${child.exitCode ?? child.signalCode}):\n${output}`);
    if (Date.now() > deadline) {
      await daemon.stop(2_000);
      throw new Error(`${spec.name} was not ready after ${spec.startTimeoutMs} ms:\n${output}`);
    }
    await sleep(200);
  }
  return daemon;
}
