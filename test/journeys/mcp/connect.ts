import { Client as ModernClient } from '@modelcontextprotocol/client';
import { StdioClientTransport as ModernStdio } from '@modelcontextprotocol/client/stdio';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as OldStdio } from '@modelcontextprotocol/sdk/client/stdio.js';
import { SERVER_ENTRY, serverEnv } from './server-process.ts';

type Json = Record<string, unknown>;

/** The error object of every renderq door. */
export interface SeenError {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  readonly category: string;
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  readonly provider?: string;
  readonly providerCode?: string;
  readonly httpStatus?: number;
  readonly field?: string;
  readonly jobId?: string;
  readonly required?: number;
  readonly balance?: number;
}

export interface SeenJob {
  readonly id: string;
  readonly provider: string;
  readonly state: string;
  readonly local?: boolean;
  readonly providerJobId?: string;
  readonly deduplicated?: boolean;
  readonly output?: { readonly url?: string; readonly files: readonly Json[] };
  readonly queue?: { readonly reason: string; readonly error?: SeenError; readonly nextAttemptAt?: string };
  readonly error?: SeenError;
}

/** What a client made of a tool's answer. */
export interface Seen {
  readonly isError: boolean;
  readonly text: string;
  readonly job?: SeenJob;
  readonly jobs?: readonly SeenJob[];
  readonly providers?: readonly Json[];
  readonly issues?: readonly { readonly field: string }[];
  readonly media?: { readonly sizeBytes: number; readonly streams: readonly Json[] };
  readonly warnings?: readonly string[];
  readonly nextAction?: { readonly tool: string; readonly arguments: Json };
  readonly error?: SeenError;
}

export interface Connection {
  readonly tools: readonly string[];
  call(tool: string, args?: Json): Promise<Seen>;
  close(): Promise<void>;
}

interface AnyClient {
  listTools(): Promise<{ readonly tools: readonly { readonly name: string }[] }>;
  callTool(call: { name: string; arguments: Json }): Promise<unknown>;
  close(): Promise<void>;
}

/** The clients that hosts ship: the v2 SDK in both eras of the protocol, and the 1.x SDK. */
export const CLIENTS = ['v2 of revision 2026-07-28', 'v2 of the 2025 revisions', 'v1'] as const;
export type ClientKind = (typeof CLIENTS)[number];

async function open(kind: ClientKind, settings: Readonly<Record<string, string>>): Promise<AnyClient> {
  const stderr = 'ignore' as const;
  const command = { command: process.execPath, args: [SERVER_ENTRY], env: serverEnv(settings), stderr };
  const info = { name: 'journey', version: '1.0.0' };
  if (kind === 'v1') {
    const client = new OldClient(info);
    await client.connect(new OldStdio(command));
    return client;
  }
  const mode = kind === 'v2 of revision 2026-07-28' ? ({ pin: '2026-07-28' } as const) : 'legacy';
  const client = new ModernClient(info, { versionNegotiation: { mode } });
  await client.connect(new ModernStdio(command));
  return client;
}

/** Starts the built server under a client of this kind. */
export async function connect(kind: ClientKind, settings: Readonly<Record<string, string>> = {}): Promise<Connection> {
  const client = await open(kind, settings);
  const { tools } = await client.listTools();
  return {
    tools: tools.map(({ name }) => name),
    async call(name, args = {}) {
      const result = (await client.callTool({ name, arguments: args })) as Json;
      const content = result.content as { readonly text?: string }[];
      return {
        ...(result.structuredContent as object),
        isError: result.isError === true,
        text: content[0]?.text ?? '',
      };
    },
    close: () => client.close(),
  };
}

/** Looks at a job until it has ended. */
export async function follow(connection: Connection, jobId: string): Promise<Seen> {
  for (let looks = 0; looks < 6; looks += 1) {
    const seen = await connection.call('get_job', { jobId, waitSeconds: 20 });
    if (seen.isError || !seen.job || ['succeeded', 'failed', 'cancelled'].includes(seen.job.state)) return seen;
  }
  throw new Error(`Job ${jobId} did not end.`);
}
