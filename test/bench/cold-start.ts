import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';

const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'bench', version: '0' } },
};
const LIST_TOOLS = { jsonrpc: '2.0', id: 2, method: 'tools/list', params: {} };

/** Milliseconds from spawn to the answer to `initialize`, and to the answer to `tools/list` after it. */
export interface ColdStart {
  readonly initializeMs: number;
  readonly toolsListMs: number;
}

/** Starts one stdio MCP server, asks it two things and ends it by closing its stdin. */
export function coldStart(entry: string): Promise<ColdStart> {
  return new Promise((done, fail) => {
    const started = performance.now();
    const child = spawn(process.execPath, [entry], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { PATH: process.env.PATH },
    });
    const send = (message: object) => child.stdin.write(`${JSON.stringify(message)}\n`);
    let initializeMs = 0;
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk;
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
        const { id } = JSON.parse(text.slice(0, end)) as { id?: number };
        text = text.slice(end + 1);
        if (id === 1) {
          initializeMs = performance.now() - started;
          send({ jsonrpc: '2.0', method: 'notifications/initialized' });
          send(LIST_TOOLS);
        }
        if (id === 2) {
          const toolsListMs = performance.now() - started;
          child.stdin.end();
          child.once('close', () => done({ initializeMs, toolsListMs }));
        }
      }
    });
    child.on('error', fail);
    send(INITIALIZE);
  });
}
