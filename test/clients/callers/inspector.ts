import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answerOf, type Target, type ToolCaller } from '../caller.ts';
import { installedFile } from '../installed.ts';
import { type ProgramRun, runNode } from '../run-node.ts';

/** The documented exit codes of the Inspector's command that a caller may meet here. */
const TOOL_IS_ERROR = 5;

/** One run of the Inspector's command against a server. */
export async function inspect(target: Target, args: readonly string[]): Promise<ProgramRun> {
  const entry = await installedFile('@modelcontextprotocol/inspector/clients/launcher/build/index.js');
  const env = { PATH: process.env.PATH ?? '', HOME: mkdtempSync(join(tmpdir(), 'renderq-inspector-')) };
  const server =
    'url' in target
      ? ['--transport', 'http', '--server-url', target.url]
      : [
          ...Object.entries(target.env).flatMap(([name, value]) => ['-e', `${name}=${value}`]),
          target.command,
          ...target.args,
        ];
  return runNode([entry, '--cli', ...server, ...args, '--format', 'json', '-q'], env);
}

/** The Inspector's command: one process, and on stdio one server, per call. */
export function inspectorCaller(target: Target): ToolCaller {
  async function ask(args: readonly string[]): Promise<ProgramRun & { readonly result: unknown }> {
    const run = await inspect(target, args);
    if (run.exitCode !== 0 && run.exitCode !== TOOL_IS_ERROR)
      throw new Error(`The Inspector ended with exit code ${run.exitCode}: ${run.stderr}`);
    return { ...run, result: (JSON.parse(run.stdout) as { readonly result: unknown }).result };
  }
  return {
    async listTools() {
      const { result } = await ask(['--method', 'tools/list']);
      return (result as { readonly tools: readonly { readonly name: string }[] }).tools.map(({ name }) => name);
    },
    async call(tool, args = {}) {
      const method = ['--method', 'tools/call', '--tool-name', tool, '--tool-args-json', JSON.stringify(args)];
      const { result, exitCode } = await ask(method);
      const answer = answerOf(result);
      // Its exit code is what a script sees first.
      if (answer.isError !== (exitCode === TOOL_IS_ERROR))
        throw new Error(`Exit code ${exitCode} of a ${tool} answer.`);
      return answer;
    },
    close: async () => {},
  };
}
