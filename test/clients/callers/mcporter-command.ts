import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Json, Target, ToolCaller } from '../caller.ts';
import { installedFile } from '../installed.ts';
import { type ProgramRun, runNode } from '../run-node.ts';

/** mcporter's command: one process, and on stdio one server, per call. It prints the structured content alone. */
export function mcporterCommand(target: Target): ToolCaller {
  const home = mkdtempSync(join(tmpdir(), 'renderq-mcporter-'));
  const config = join(home, 'mcporter.json');
  const server = 'url' in target ? { baseUrl: target.url } : target;
  writeFileSync(config, JSON.stringify({ mcpServers: { renderq: server }, imports: [] }));

  async function run(args: readonly string[]): Promise<ProgramRun> {
    const entry = await installedFile('mcporter/dist/cli.js');
    return runNode([entry, '--config', config, ...args], { PATH: process.env.PATH ?? '', HOME: home });
  }

  return {
    async listTools() {
      const { stdout } = await run(['list', 'renderq', '--json']);
      return (JSON.parse(stdout) as { readonly tools: readonly { readonly name: string }[] }).tools.map(
        ({ name }) => name,
      );
    },
    async call(tool, args = {}) {
      const { exitCode, stdout } = await run([
        'call',
        `renderq.${tool}`,
        '--args',
        JSON.stringify(args),
        '--output',
        'json',
      ]);
      return { isError: exitCode !== 0, text: stdout, structured: JSON.parse(stdout) as Json };
    },
    close: async () => {},
  };
}
