import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Message {
  readonly role: string;
  readonly content?: unknown;
}

/** A model that plays a script: it calls one tool, then says back what the tool told it. */
export interface ChatModel {
  /** An OpenAI-compatible address, for the Base URL of n8n's OpenAI credential. */
  readonly url: string;
  /** What the tool gave, in the order of the calls. */
  readonly toolAnswers: readonly string[];
  /** The tool's JSON schema as the agent was shown it. */
  readonly offered: readonly { readonly name: string; readonly parameters: Record<string, unknown> }[];
  close(): Promise<void>;
}

/** @param call which of the offered tools the model calls, by a word in its name, and with which arguments. */
export async function startChatModel(call: {
  readonly tool: RegExp;
  readonly arguments: Readonly<Record<string, unknown>>;
}): Promise<ChatModel> {
  const toolAnswers: string[] = [];
  const offered: { name: string; parameters: Record<string, unknown> }[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString() || '{}') as {
      messages?: Message[];
      stream?: boolean;
      tools?: { function: { name: string; parameters: Record<string, unknown> } }[];
    };
    const last = body.messages?.at(-1);
    const tool = body.tools?.map((one) => one.function).find(({ name }) => call.tool.test(name));
    const told = last?.role === 'tool' ? String(last.content) : undefined;
    if (told !== undefined) toolAnswers.push(told);
    else if (tool) offered.push(tool);
    const message =
      told === undefined && tool
        ? {
            role: 'assistant',
            content: null,
            tool_calls: [
              {
                id: 'call_1',
                type: 'function',
                function: { name: tool.name, arguments: JSON.stringify(call.arguments) },
              },
            ],
          }
        : { role: 'assistant', content: `The tool said: ${told ?? 'nothing'}` };
    const reason = 'tool_calls' in message ? 'tool_calls' : 'stop';
    const base = { id: 'chat_1', created: 1, model: 'scripted' };
    if (!body.stream) {
      response.writeHead(200, { 'content-type': 'application/json' }).end(
        JSON.stringify({
          ...base,
          object: 'chat.completion',
          choices: [{ index: 0, message, finish_reason: reason }],
          usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
        }),
      );
      return;
    }
    const delta =
      'tool_calls' in message
        ? { ...message, tool_calls: message.tool_calls?.map((one, index) => ({ index, ...one })) }
        : message;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const choice of [
      { delta, finish_reason: null },
      { delta: {}, finish_reason: reason },
    ])
      response.write(
        `data: ${JSON.stringify({ ...base, object: 'chat.completion.chunk', choices: [{ index: 0, ...choice }] })}\n\n`,
      );
    response.end('data: [DONE]\n\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    toolAnswers,
    offered,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
