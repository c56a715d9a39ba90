import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { SERVER_ENTRY, serverEnv } from '../journeys/mcp/server-process.ts';
import { KEYS } from './stage.ts';

/** The built server, speaking Streamable HTTP on a free port of loopback. */
export interface HttpServer {
  readonly url: string;
  readonly pid: number;
  /** What it has written to stderr so far, by lines. */
  readonly said: readonly string[];
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export async function startHttpServer(home: string, settings: Readonly<Record<string, string>>): Promise<HttpServer> {
  const child = spawn(process.execPath, [SERVER_ENTRY, '--http', '--port', '0'], {
    env: serverEnv({ RENDERQ_HOME: home, ...KEYS, ...settings }),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = once(child, 'exit');
  const said: string[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      said.push(line);
      const [found] = /http:\/\/[^\s"]+\/mcp/.exec(line) ?? [];
      if (found) resolve(found);
    });
    exited.then(() => reject(new Error(`The server ended before it listened: ${said.join('\n')}`)), reject);
  });
  return {
    url,
    pid: child.pid ?? 0,
    said,
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      await exited;
    },
  };
}
