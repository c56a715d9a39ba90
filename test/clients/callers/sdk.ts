import { Client as ModernClient, StreamableHTTPClientTransport as ModernHttp } from '@modelcontextprotocol/client';
import { StdioClientTransport as ModernStdio } from '@modelcontextprotocol/client/stdio';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as OldStdio } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as OldHttp } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { answerOf, type Json, type Target, type ToolCaller } from '../caller.ts';

const INFO = { name: 'stranger', version: '1.0.0' };
/** Longer than the longest wait of a tool. */
const TIMEOUT_MS = 60_000;

interface AnyClient {
  listTools(): Promise<{ readonly tools: readonly { readonly name: string }[] }>;
  close(): Promise<void>;
}

/** Transports that start a server know its process. */
const pidOf = (transport: object): number | undefined =>
  'pid' in transport && typeof transport.pid === 'number' ? transport.pid : undefined;

const callerOf = (
  client: AnyClient,
  transport: object,
  call: (tool: string, args: Json, signal?: AbortSignal) => Promise<unknown>,
): ToolCaller => ({
  listTools: async () => (await client.listTools()).tools.map(({ name }) => name),
  call: async (tool, args = {}, signal) => answerOf(await call(tool, args, signal)),
  close: () => client.close(),
  serverPid: pidOf(transport),
});

const stdio = (target: Extract<Target, { command: string }>) => ({
  command: target.command,
  args: [...target.args],
  env: { ...target.env },
  stderr: 'ignore' as const,
});

/** The client of the 2.x SDK, in the revision that it is told to speak. */
export async function openModernSdk(target: Target, revision: '2026-07-28' | '2025'): Promise<ToolCaller> {
  const mode = revision === '2025' ? 'legacy' : ({ pin: revision } as const);
  const client = new ModernClient(INFO, { versionNegotiation: { mode } });
  const transport = 'url' in target ? new ModernHttp(new URL(target.url)) : new ModernStdio(stdio(target));
  await client.connect(transport);
  return callerOf(client, transport, (name, args, signal) =>
    client.callTool({ name, arguments: { ...args } }, { timeout: TIMEOUT_MS, ...(signal && { signal }) }),
  );
}

/** The client of the 1.x SDK, which most hosts still ship. */
export async function openOldSdk(target: Target): Promise<ToolCaller> {
  const client = new OldClient(INFO);
  const transport = 'url' in target ? new OldHttp(new URL(target.url)) : new OldStdio(stdio(target));
  // The transport's own type has optional members that exactOptionalPropertyTypes reads more strictly than its authors.
  await client.connect(transport as Parameters<OldClient['connect']>[0]);
  return callerOf(client, transport, (name, args, signal) =>
    client.callTool({ name, arguments: { ...args } }, undefined, {
      timeout: TIMEOUT_MS,
      ...(signal && { signal }),
    }),
  );
}
