import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Target } from '../caller.ts';
import { installedFile } from '../installed.ts';

/** mcp-remote in front of a server that speaks HTTP: the command that a host which knows only stdio is given. */
export async function throughMcpRemote(url: string): Promise<Target> {
  return {
    command: process.execPath,
    args: [await installedFile('mcp-remote/dist/proxy.js'), url, '--allow-http', '--transport', 'http-only'],
    env: { PATH: process.env.PATH ?? '', MCP_REMOTE_CONFIG_DIR: mkdtempSync(join(tmpdir(), 'renderq-remote-')) },
  };
}
