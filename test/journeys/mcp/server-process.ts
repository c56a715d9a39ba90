import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The server as it is shipped. */
export const SERVER_ENTRY = fileURLToPath(new URL('../../../mcp-server/dist/cli.js', import.meta.url));

if (!existsSync(SERVER_ENTRY)) throw new Error('The MCP server is not built: run "npm run build" first.');

const homes = new Set<string>();
process.once('exit', () => {
  for (const home of homes) rmSync(home, { recursive: true, force: true });
});

/** An empty folder for the jobs of a server, removed when the tests end. Give it to two servers to make them share jobs. */
export function freshHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'renderq-home-'));
  homes.add(home);
  return home;
}

/**
 * The environment of a server under test: what a program needs to run, no account of whoever runs the tests, and a home
 * of its own unless `settings` names one.
 */
export function serverEnv(settings: Readonly<Record<string, string>> = {}): Record<string, string> {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'FFMPEG_PATH'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(kept), RENDERQ_HOME: settings.RENDERQ_HOME ?? freshHome(), ...settings };
}

export interface ServerRun {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Milliseconds from the end of stdin, or from the signal, to the exit. */
  readonly closeMs: number;
}

export interface RawServer {
  send(message: object): void;
  /** Resolves with the answer to the request of this id. */
  answer(id: number): Promise<Record<string, unknown>>;
  /** Ends stdin, or sends a signal, and waits for the exit. */
  end(how?: NodeJS.Signals): Promise<ServerRun>;
}

/** Runs the server with its pipes in the test's own hands. */
export function startRaw(args: readonly string[] = [], settings: Readonly<Record<string, string>> = {}): RawServer {
  const child = spawn(process.execPath, [SERVER_ENTRY, ...args], { env: serverEnv(settings), stdio: 'pipe' });
  const waiting = new Map<unknown, (message: Record<string, unknown>) => void>();
  let stdout = '';
  let stderr = '';
  let read = 0;
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    for (let end = stdout.indexOf('\n', read); end >= 0; end = stdout.indexOf('\n', read)) {
      const line = stdout.slice(read, end);
      read = end + 1;
      if (waiting.size === 0) continue;
      const message = JSON.parse(line) as Record<string, unknown>;
      waiting.get(message.id)?.(message);
    }
  });
  const exited = new Promise<Pick<ServerRun, 'code' | 'signal'>>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal })),
  );
  return {
    send: (message) => child.stdin.write(`${JSON.stringify(message)}\n`),
    answer: (id) => new Promise((resolve) => waiting.set(id, resolve)),
    async end(how) {
      const before = performance.now();
      if (how) child.kill(how);
      else child.stdin.end();
      const exit = await exited;
      return { ...exit, stdout, stderr, closeMs: performance.now() - before };
    },
  };
}

/** The opening of a client of the 2025 revisions. */
export const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
} as const;
