import { createMcpHandler } from '@modelcontextprotocol/server';
import type { Caller } from '../caller.ts';
import type { Bench } from './test-bench.ts';

/** What a JSON-RPC request was answered with. */
export interface RpcAnswer {
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

const VERSION = '2026-07-28';
const CLIENT = { name: 'test', version: '1' };

/** Speaks revision 2026-07-28 to the server in this process, message by message, with these client capabilities. */
export function createModernCaller(bench: Bench, capabilities: Readonly<Record<string, unknown>>, caller?: Caller) {
  const handler = createMcpHandler(() => bench.serve(caller));
  let id = 0;
  return async (method: string, params: Readonly<Record<string, unknown>> = {}): Promise<RpcAnswer> => {
    id += 1;
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': VERSION,
      'io.modelcontextprotocol/clientInfo': CLIENT,
      'io.modelcontextprotocol/clientCapabilities': capabilities,
    };
    const name = params.name ?? params.uri ?? params.taskId;
    const response = await handler.fetch(
      new Request('http://127.0.0.1/mcp', {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          'mcp-protocol-version': VERSION,
          'mcp-method': method,
          ...(typeof name === 'string' ? { 'mcp-name': name } : {}),
        },
        body: JSON.stringify({ jsonrpc: '2.0', id, method, params: { ...params, _meta } }),
      }),
    );
    const text = await response.text();
    const body = text.startsWith('{') ? text : (/^data: (.*)$/m.exec(text)?.[1] ?? '{}');
    return JSON.parse(body);
  };
}
