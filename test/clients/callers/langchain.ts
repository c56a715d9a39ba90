import { answerOf, type Json, type Target, type ToolCaller } from '../caller.ts';
import { load } from '../installed.ts';

interface Message {
  readonly content: unknown;
  readonly artifact?: readonly { readonly type: string; readonly data?: Json }[];
}
interface Tool {
  readonly name: string;
  invoke(call: object, options?: { readonly signal?: AbortSignal }): Promise<Message>;
}
interface Adapters {
  readonly MultiServerMCPClient: new (
    options: object,
  ) => {
    getTools(): Promise<readonly Tool[]>;
    close(): Promise<void>;
  };
}

/** LangChain's adapter: an error becomes an exception with the text alone, a success keeps its structure as an artifact. */
export async function openLangChain(target: Target): Promise<ToolCaller> {
  const { MultiServerMCPClient } = await load<Adapters>('@langchain/mcp-adapters');
  const server =
    'url' in target ? { transport: 'http', url: target.url } : { transport: 'stdio', stderr: 'ignore', ...target };
  const client = new MultiServerMCPClient({ mcpServers: { renderq: server }, prefixToolNameWithServerName: false });
  const tools = await client.getTools();
  return {
    listTools: async () => tools.map(({ name }) => name),
    async call(name, args = {}, signal) {
      const tool = tools.find((each) => each.name === name);
      if (!tool) throw new Error(`LangChain sees no tool ${name}.`);
      try {
        const call = { type: 'tool_call', id: 'call-1', name, args };
        const { content, artifact = [] } = await tool.invoke(call, signal && { signal });
        const text = typeof content === 'string' ? textIn(content) : answerOf({ content }).text;
        return { isError: false, text, structured: artifact.find(({ data }) => data)?.data };
      } catch (fault) {
        if (!(fault instanceof Error) || fault.name !== 'ToolException') throw fault;
        // Its own words come first: "MCP tool 'x' on server 'y' returned an error: ".
        return { isError: true, text: fault.message.replace(/^MCP tool .*? returned an error: /, '') };
      }
    },
    close: () => client.close(),
  };
}

/** A single text beside structured content arrives as the JSON of both. */
function textIn(content: string): string {
  try {
    const { text } = JSON.parse(content) as { readonly text?: string };
    return text ?? content;
  } catch {
    return content;
  }
}
