import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const CLI = fileURLToPath(new URL('../../mcp-server/dist/cli.js', import.meta.url));
const PATIENCE = { timeout: 20_000, interval: 50 };

let folder: string;
let child: ChildProcessWithoutNullStreams;
let seen: { stdout: string; stderr: string; code: number | null | undefined };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'renderq-cli-'));
});
afterEach(async () => {
  child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

function start(args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): void {
  const settings = { PATH: process.env.PATH ?? '', RENDERQ_HOME: join(folder, 'home'), ...env };
  child = spawn(process.execPath, [CLI, ...args], { env: settings });
  seen = { stdout: '', stderr: '', code: undefined };
  child.stdout.on('data', (chunk) => {
    seen.stdout += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    seen.stderr += String(chunk);
  });
  child.stdin.on('error', () => undefined);
  child.on('exit', (code) => {
    seen.code = code;
  });
}

const send = (message: object): boolean => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const initialize = (): boolean =>
  send({
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
  });

const callTool = (name: string, args: object) => ({ id: 2, method: 'tools/call', params: { name, arguments: args } });

describe('renderq-mcp on stdio', { timeout: 40_000 }, () => {
  it('ends with the reason after a message too long to be read, also while a sandbox keeps it alive', async () => {
    start();
    initialize();
    send(callTool('list_providers', {}));
    await vi.waitFor(() => expect(seen.stdout).toContain('"id":2'), PATIENCE);
    send({ id: 3, method: 'ping', params: { padding: 'x'.repeat(10.5 * 1024 * 1024) } });
    await vi.waitFor(() => expect(seen.code).toBe(0), PATIENCE);
    expect(JSON.parse(seen.stderr)).toMatchObject({ level: 'error', event: 'connection-broken' });
  });

  it('says nothing on stderr when it is told to end', async () => {
    start();
    initialize();
    await vi.waitFor(() => expect(seen.stdout).toContain('"id":1'), PATIENCE);
    child.kill('SIGTERM');
    await vi.waitFor(() => expect(seen.code).toBe(0), PATIENCE);
    expect(seen.stderr).toBe('');
  });
});

describe('renderq-mcp over HTTP', { timeout: 40_000 }, () => {
  it.each([undefined, 'a-token-of-the-test'])(
    'opens no file of its machine to a caller with token %s',
    async (token) => {
      const film = join(folder, 'film.mp3');
      await writeFile(film, 'ID3 sound');
      start(['--http', '--port', '0'], { RENDERQ_FILES: folder, ...(token && { RENDERQ_HTTP_TOKEN: token }) });
      await vi.waitFor(() => expect(seen.stderr).toContain('"listening"'), PATIENCE);
      const { url } = JSON.parse(seen.stderr);
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          ...(token && { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify({ jsonrpc: '2.0', ...callTool('probe_media', { source: film }) }),
      });
      const answer = await response.text();
      expect(answer).toContain('FORBIDDEN: source names a file of the machine that this server runs on.');
      expect(answer).not.toContain(folder);
    },
  );

  it('does not take an empty token for leave to go without one', async () => {
    start(['--http', '--port', '0'], { RENDERQ_HTTP_TOKEN: '' });
    await vi.waitFor(() => expect(seen.code).toBe(2), PATIENCE);
    expect(seen.stderr).toContain('RENDERQ_HTTP_TOKEN');
    expect(seen.stdout).toBe('');
  });
});
