import { answerOf, type Json, type Target, type ToolCaller } from '../caller.ts';
import { load } from '../installed.ts';

interface Tool {
  execute(args: Json, options: object): Promise<unknown>;
}
export interface AiSdkClient {
  tools(): Promise<Readonly<Record<string, Tool>>>;
  close(): Promise<void>;
}
export interface AiSdk {
  createMCPClient(options: object): Promise<AiSdkClient>;
}
interface AiSdkStdio {
  readonly Experimental_StdioMCPTransport: new (options: object) => object;
}

/** What the AI SDK's client takes as its way to a server. */
export async function aiSdkTransport(target: Target): Promise<object> {
  if ('url' in target) return { type: 'http', url: target.url };
  const { Experimental_StdioMCPTransport: Stdio } = await load<AiSdkStdio>('@ai-sdk/mcp/mcp-stdio');
  return new Stdio({ ...target, stderr: 'ignore' });
}

/** The AI SDK: speaks revision 2026-07-28 by itself where the server does. */
export async function openAiSdk(target: Target): Promise<ToolCaller> {
  const { createMCPClient } = await load<AiSdk>('@ai-sdk/mcp');
  const client = await createMCPClient({ transport: await aiSdkTransport(target) });
  const tools = await client.tools();
  return {
    listTools: async () => Object.keys(tools),
    async call(name, args = {}, abortSignal) {
      const tool = tools[name];
      if (!tool) throw new Error(`The AI SDK sees no tool ${name}.`);
      return answerOf(await tool.execute(args, { toolCallId: 'call-1', messages: [], abortSignal }));
    },
    close: () => client.close(),
  };
}
