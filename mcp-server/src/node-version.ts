import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const LEAST = [22, 19] as const;

/** Whether a Node of this version runs the server: 22.19 or newer. */
export function isCapable(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > LEAST[0] || (major === LEAST[0] && minor >= LEAST[1]);
}

/** The Node that the package `node` brings, where it is installed beside this server: MCP hosts start whatever is on the PATH. */
export function capableNode(): string | undefined {
  try {
    const manifest = createRequire(import.meta.url).resolve('node/package.json');
    const binary = join(dirname(manifest), 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return existsSync(binary) ? binary : undefined;
  } catch {
    return undefined;
  }
}

/** Hands stdin, stdout and every signal over to the same program on another Node, or says what is missing. */
export function runWith(binary: string | undefined, currentVersion: string): void {
  if (binary === undefined) {
    process.stderr.write(
      `renderq-mcp: Node ${LEAST.join('.')} or newer is needed, this is ${currentVersion}. ` +
        'Name a newer node as the command of this server in your MCP host.\n',
    );
    process.exitCode = 1;
    return;
  }
  const child = spawn(binary, process.argv.slice(1), { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`renderq-mcp: the newer Node could not be started: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === null ? 1 : 143);
  });
}
