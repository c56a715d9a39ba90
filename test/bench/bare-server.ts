// The peer of the measurements: the smallest server that the official SDK makes, with one tool or as many as the argument says.
import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { z } from 'zod';

const inputSchema = z.object({ text: z.string().default('') });
const names = Array.from({ length: Number(process.argv[2] ?? 1) }, (_, index) =>
  index === 0 ? 'echo' : `echo_${index}`,
);

serveStdio(() => {
  const server = new McpServer({ name: 'bare', version: '0.0.0' });
  for (const name of names) {
    server.registerTool(name, { inputSchema }, ({ text }) => ({ content: [{ type: 'text', text }] }));
  }
  return server;
});
