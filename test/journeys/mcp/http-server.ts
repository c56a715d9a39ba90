import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { SERVER_ENTRY, type ServerRun, serverEnv } from './server-process.ts';

/** The shipped server, listening for Streamable HTTP on a free port. */
export interface HttpServer {
  /** Where it speaks MCP. */
  readonly url: string;
  /** What it wrote to stderr so far. */
  readonly stderr: string;
  /** Closes the reader's end of its stderr, as a host does that wants no log. */
  closeStderr(): void;
  /** Sends a signal and waits for the exit. */
  stop(signal?: NodeJS.Signals): Promise<ServerRun>;
}

/** Starts it and resolves once it listens; rejects with its last words when it does not get that far. */
export async function startHttpServer(
  settings: Readonly<Record<string, string>> = {},
  args: readonly string[] = ['--port', '0'],
): Promise<HttpServer> {
  const child = spawn(process.execPath, [SERVER_ENTRY, '--http', ...args], { env: serverEnv(settings), stdio: 'pipe' });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  const exited = new Promise<Pick<ServerRun, 'code' | 'signal'>>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal })),
  );
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(child.stderr).on('line', (line) => {
      stderr += `${line}\n`;
      const seen = line.startsWith('{') ? JSON.parse(line) : {};
      if (seen.event === 'listening') resolve(seen.url);
    });
    exited.then(({ code }) => reject(new Error(`exit ${code}: ${stderr}`)));
  });
  return {
    url,
    get stderr() {
      return stderr;
    },
    closeStderr: () => void child.stderr.destroy(),
    async stop(signal = 'SIGTERM') {
      const before = performance.now();
      child.kill(signal);
      const exit = await exited;
      return { ...exit, stdout, stderr, closeMs: performance.now() - before };
    },
  };
}
