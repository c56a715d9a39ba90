import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { cachedInstall } from '@renderq/toolchain/cached-install';

/** The revisions whose requirements the official suite holds. */
export const REVISIONS = ['2025-11-25', '2026-07-28'] as const;
export type Revision = (typeof REVISIONS)[number];

export interface SuiteRun {
  /** 0 when every required scenario passed, or exactly those failed that the baseline names. */
  readonly code: number | null;
  /** Everything that the suite said, without colours. */
  readonly output: string;
}

const TOOLS = new URL('./tools/', import.meta.url);
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours of a terminal.
const COLOURS = /\u001b\[\d+m/g;

/** Runs the official suite's scenarios for one revision against a server that is listening. */
export async function runSuite(url: string, revision: Revision, baseline?: string): Promise<SuiteRun> {
  const installed = await cachedInstall(TOOLS);
  const suite = join(installed, 'node_modules/@modelcontextprotocol/conformance/dist/index.js');
  const args = [suite, 'server', '--url', url, '--requirements', revision];
  if (baseline !== undefined) args.push('--expected-failures', baseline);
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: installed });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { code, output: output.replace(COLOURS, '') };
}
