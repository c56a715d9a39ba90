import type { Target, ToolCaller } from './caller.ts';
import { openAiSdk } from './callers/ai-sdk.ts';
import { openLangChain } from './callers/langchain.ts';
import { throughMcpRemote } from './callers/mcp-remote.ts';
import { openMcporter } from './callers/mcporter.ts';
import { openModernSdk, openOldSdk } from './callers/sdk.ts';
import type { RowStage, Transport } from './row-stage.ts';

export interface ClientKind {
  readonly name: string;
  readonly transport: Transport;
  /** Whether it reads the whole of the vendors' tables; else only renderq's own errors, for want of a minute. */
  readonly readsTables: boolean;
  /** Whether it checks arguments against the tool's schema itself, so that a server never sees the wrong ones. */
  readonly checksArguments: boolean;
  open(target: Target): Promise<ToolCaller>;
}

const client = (
  name: string,
  transport: Transport,
  open: ClientKind['open'],
  more: Partial<ClientKind> = {},
): ClientKind => ({ name, transport, readsTables: true, checksArguments: false, open, ...more });

async function openBehindMcpRemote(target: Target): Promise<ToolCaller> {
  if (!('url' in target)) throw new Error('mcp-remote stands in front of an address.');
  return openOldSdk(await throughMcpRemote(target.url));
}

/** The clients that are libraries: one connection serves as many calls as one likes. */
export const CLIENTS: readonly ClientKind[] = [
  client('SDK 2.x of revision 2026-07-28', 'stdio', (target) => openModernSdk(target, '2026-07-28')),
  client('SDK 2.x of the 2025 revisions', 'stdio', (target) => openModernSdk(target, '2025'), { readsTables: false }),
  client('SDK 1.x', 'stdio', openOldSdk),
  client('LangChain', 'stdio', openLangChain, { checksArguments: true }),
  client('AI SDK', 'stdio', openAiSdk),
  client('mcporter', 'stdio', openMcporter),
  client('SDK 2.x of revision 2026-07-28', 'http', (target) => openModernSdk(target, '2026-07-28')),
  client('SDK 1.x', 'http', openOldSdk, { readsTables: false }),
  client('SDK 1.x behind mcp-remote', 'http', openBehindMcpRemote),
  client('AI SDK', 'http', openAiSdk, { readsTables: false }),
];

/** Connects a client to a server of its own, acts and closes both. */
export function withCaller(
  { transport, open }: Pick<ClientKind, 'transport' | 'open'>,
  stage: RowStage,
  settings: Readonly<Record<string, string>>,
  act: (caller: ToolCaller) => Promise<void>,
): Promise<void> {
  return stage.withServer(transport, settings, async (target) => {
    const caller = await open(target);
    try {
      await act(caller);
    } finally {
      await caller.close();
    }
  });
}
