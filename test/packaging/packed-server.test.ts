import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { cachedInstall } from '@renderq/toolchain/cached-install';
import { installTarballs, packBundle, packTarballs } from '@renderq/toolchain/pack-server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { serverEnv } from '../journeys/mcp/server-process.ts';

const run = promisify(execFile);

interface BundleManifest {
  readonly version: string;
  readonly tools: readonly { readonly name: string }[];
  readonly server: { readonly mcp_config: { readonly args: readonly string[]; readonly env: Record<string, string> } };
}

/** Starts a stdio server, asks for its tools as a 2025 client does, and gives their names. */
async function toolsOf(args: readonly string[], env: NodeJS.ProcessEnv, cwd: string): Promise<readonly string[]> {
  const child = spawn(process.execPath, args, { env, cwd, stdio: ['pipe', 'pipe', 'inherit'] });
  const info = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'packaging', version: '1' } };
  const messages = [
    { id: 1, method: 'initialize', params: info },
    { method: 'notifications/initialized' },
    { id: 2, method: 'tools/list', params: {} },
  ];
  for (const message of messages) child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  let out = '';
  for await (const text of child.stdout.setEncoding('utf8')) {
    out += text;
    const answer = out
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line))
      .find(({ id }) => id === 2);
    if (!answer) continue;
    child.stdin.end();
    return answer.result.tools.map(({ name }: { name: string }) => name);
  }
  throw new Error(`The server ended before it listed its tools: ${out}`);
}

let folder: string;
let tarballs: readonly string[];
let bundled: BundleManifest;
let bundle: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'renderq-packed-'));
  tarballs = await packTarballs(join(folder, 'tarballs'));
  bundle = join(folder, 'bundle');
  const path = await packBundle(join(folder, 'out'), tarballs);
  const tools = await cachedInstall(new URL('../../packages/toolchain/mcpb/', import.meta.url));
  await run(process.execPath, [join(tools, 'node_modules/@anthropic-ai/mcpb/dist/cli/cli.js'), 'unpack', path, bundle]);
  bundled = JSON.parse(await readFile(join(bundle, 'manifest.json'), 'utf8'));
  // Two installs and a bundle of some hundred megabytes.
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

it('installs from its tarballs into an empty folder, where npx starts it', async () => {
  const home = join(folder, 'user');
  await installTarballs(tarballs, home);
  const env = { ...serverEnv(), PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}` };
  const { stdout } = await run('npx', ['--no-install', 'renderq-mcp', '--version'], { cwd: home, env });
  expect(stdout).toBe(`${bundled.version}\n`);
  const entry = join(home, 'node_modules/@renderq/mcp-server/dist/cli.js');
  expect(await toolsOf([entry], serverEnv(), home)).toEqual(bundled.tools.map(({ name }) => name));
});

it('starts from the unpacked bundle, with the settings that a host leaves unfilled', async () => {
  const { args, env } = bundled.server.mcp_config;
  const own = args.map((arg) => arg.replace('$'.concat('{__dirname}'), bundle));
  expect(await toolsOf(own, { ...serverEnv(), ...env }, folder)).toEqual(bundled.tools.map(({ name }) => name));
});
