import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

/** The error object as every MCP client receives it. */
export interface TypedError {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly remedy: string;
  readonly providerCode?: string;
  readonly field?: string;
  readonly required?: number;
  readonly balance?: number;
  readonly retryAfterMs?: number;
}

export interface Job {
  readonly id: string;
  readonly provider: string;
  readonly state: 'queued' | 'submitting' | 'running' | 'succeeded' | 'failed' | 'cancelled';
  readonly progress?: number;
  readonly queue?: { readonly reason: string; readonly error?: TypedError };
  readonly output?: { readonly url?: string; readonly files?: readonly { readonly url: string }[] };
  readonly error?: TypedError;
}

export interface ProviderInfo {
  readonly id: string;
  readonly name: string;
  readonly mode: string;
  readonly baseUrl?: string;
  readonly engine?: { readonly kind: string; readonly version: string; readonly reason?: string };
}

/** What every tool answers with; only the members that matter to the call are there. */
export interface Envelope {
  readonly job?: Job;
  readonly providers?: readonly ProviderInfo[];
  readonly error?: TypedError;
}

export interface Progress {
  readonly fraction?: number;
  readonly message?: string;
}

/** A connection to the MCP server, with the environment's API keys withheld: the demo must never bill anybody. */
export interface Gateway extends AsyncDisposable {
  call(tool: string, args: Record<string, unknown>, onProgress?: (progress: Progress) => void): Promise<Envelope>;
}

const WITHHELD = /^(RENDOBAR|PHANTOMFLOW)_/;

export async function openGateway(): Promise<Gateway> {
  const kept = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !WITHHELD.test(entry[0]),
  );
  // Rehearsed jobs have no place among the user's own.
  const home = await mkdtemp(join(tmpdir(), 'renderq-demo-'));
  const env = { ...Object.fromEntries(kept), RENDERQ_HOME: home };
  const entry = createRequire(import.meta.url).resolve('@renderq/mcp-server/cli');
  const transport = new StdioClientTransport({ command: process.execPath, args: [entry], env, stderr: 'inherit' });
  const client = new Client({ name: 'renderq-demo', version: '0.1.0' });
  await client.connect(transport);
  return {
    async call(tool, args, onProgress) {
      const result = await client.callTool(
        { name: tool, arguments: args },
        {
          timeout: 60_000,
          ...(onProgress && {
            onprogress: ({ progress, total, message }) =>
              onProgress({ ...(total && { fraction: progress / total }), ...(message && { message }) }),
          }),
        },
      );
      return (result.structuredContent ?? {}) as Envelope;
    },
    async [Symbol.asyncDispose]() {
      await client.close();
      await rm(home, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
