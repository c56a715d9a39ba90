import { execFile } from 'node:child_process';

export interface ProgramRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a JavaScript program to its end, whatever that end is. A program that hangs is killed after half a minute. */
export function runNode(args: readonly string[], env: Readonly<Record<string, string>>): Promise<ProgramRun> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [...args], { env: { ...env }, timeout: 30_000 }, (fault, stdout, stderr) => {
      if (fault && typeof fault.code !== 'number') reject(new Error(`${fault.message}\n${stderr}`));
      else resolve({ exitCode: fault ? Number(fault.code) : 0, stdout, stderr });
    });
  });
}
