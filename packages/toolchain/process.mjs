import { spawn } from 'node:child_process';
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(fileURLToPath(new URL('../..', import.meta.url)));
const bin = join(root, 'node_modules', '.bin');

/** The project's own Node 24, a root dev dependency. */
export const nodeBinary = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

/**
 * Runs a command in the repository root with the project's binaries first on the PATH; rejects when it fails.
 * `stdout: 'stderr'` keeps a tool's chatter out of what the user asked for.
 */
export function run(command, args, { env = {}, shell = false, stdout = 'inherit' } = {}) {
  return new Promise((done, fail) => {
    const child = spawn(command, args, {
      cwd: root,
      shell,
      stdio: ['inherit', stdout === 'stderr' ? 2 : 'inherit', 'inherit'],
      env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`, ...env },
    });
    const pass = (signal) => child.kill(signal);
    process.on('SIGINT', pass).on('SIGTERM', pass);
    const orphaned = onParentGone(() => pass('SIGTERM'));
    child.on('error', fail);
    child.on('close', (code, signal) => {
      process.off('SIGINT', pass).off('SIGTERM', pass);
      clearInterval(orphaned);
      if (code === 0) done();
      else fail(new CommandFailed(command, args, code, signal));
    });
  });
}

/** npm dies of a SIGTERM without passing it on: whoever it started must notice by itself. */
function onParentGone(act) {
  const parent = process.ppid;
  return setInterval(() => {
    if (process.ppid !== parent) act();
  }, 1000).unref();
}

/** A command that ended with another status than 0; `exitCode` is what the caller should exit with. */
export class CommandFailed extends Error {
  constructor(command, args, code, signal) {
    super(`${command} ${args.join(' ')} ended with ${signal ?? `exit code ${code}`}`);
    this.exitCode = code ?? 1;
  }
}
