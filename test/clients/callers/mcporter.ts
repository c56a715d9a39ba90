import { pathToFileURL } from 'node:url';
import { answerOf, type Json, type Target, type ToolCaller } from '../caller.ts';
import { installedFile } from '../installed.ts';

interface Runtime {
  listTools(server: string): Promise<readonly { readonly name: string }[]>;
  callTool(server: string, tool: string, options: object): Promise<unknown>;
  close(): Promise<void>;
}
interface McPorter {
  createRuntime(options: object): Promise<Runtime>;
}

const NAME = 'renderq';
const SILENT = { info() {}, warn() {}, error() {}, debug() {} };

/** mcporter as a library: the runtime that its command runs on. */
export async function openMcporter(target: Target): Promise<ToolCaller> {
  // Its package names no door for require(), so it is loaded by its file.
  const door = pathToFileURL(await installedFile('mcporter/dist/index.js')).href;
  const { createRuntime } = (await import(door)) as McPorter;
  const command =
    'url' in target
      ? { kind: 'http', url: new URL(target.url) }
      : { kind: 'stdio', command: target.command, args: target.args, cwd: process.cwd() };
  const server = { name: NAME, command, ...('env' in target ? { env: target.env } : {}) };
  const runtime = await createRuntime({ servers: [server], logger: SILENT });
  return {
    listTools: async () => (await runtime.listTools(NAME)).map(({ name }) => name),
    call: async (tool, args: Json = {}) => answerOf(await runtime.callTool(NAME, tool, { args, timeoutMs: 60_000 })),
    close: () => runtime.close(),
  };
}
