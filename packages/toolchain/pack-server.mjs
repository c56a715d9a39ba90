// Packs the MCP server as strangers get it: npm tarballs of it and of the packages that it stands on, and the bundle for desktop hosts.
import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { cachedInstall } from './cached-install.mjs';
import { nodeBinary, root } from './process.mjs';
import { PNPM } from './setup.mjs';

const SERVER = join(root, 'mcp-server');
/** The server last: each stands on those before it. */
const PACKED = ['packages/core', 'packages/dispatcher', 'packages/sandbox', 'mcp-server'];

/** Runs a command with the project's Node first on the PATH and gives its stdout; rejects with its last words when it fails. */
function capture(command, args, cwd) {
  return new Promise((done, fail) => {
    const child = spawn(command, args, {
      cwd,
      shell: process.platform === 'win32',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, CI: '1', PATH: `${dirname(nodeBinary)}${delimiter}${process.env.PATH ?? ''}` },
    });
    let out = '';
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      out += text;
      said = (said + text).slice(-4000);
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      said = (said + text).slice(-4000);
    });
    child.on('error', fail);
    child.on('close', (code) => {
      if (code === 0) done(out);
      else fail(new Error(`${command} ${args.join(' ')} ended with exit code ${code}: ${said.trim()}`));
    });
  });
}

/**
 * Packs the built server and the workspace packages that it stands on into `folder` and gives the paths of the tarballs.
 * pnpm writes real versions where the manifests say "workspace:" and "catalog:", as it does when it publishes.
 */
export async function packTarballs(folder) {
  await mkdir(folder, { recursive: true });
  const paths = [];
  for (const room of PACKED) {
    await capture('npx', ['-y', PNPM, 'pack', '--pack-destination', folder], join(root, room));
    const { name, version } = JSON.parse(await readFile(join(root, room, 'package.json'), 'utf8'));
    paths.push(join(folder, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`));
  }
  return paths;
}

/** Installs tarballs with npm into a folder that holds nothing else, as a user of the packages does. */
export async function installTarballs(tarballs, folder) {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
  const quiet = ['--omit=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  await capture('npm', ['install', '--ignore-scripts', ...quiet, ...tarballs], folder);
}

/**
 * Writes renderq-<version>-<platform>.mcpb into `folder` and gives its path. The sandbox draws with native code, so a bundle
 * is for the platform that packed it and says so.
 */
export async function packBundle(folder, tarballs) {
  const stage = await mkdtemp(join(tmpdir(), 'renderq-bundle-'));
  try {
    await installTarballs(tarballs, stage);
    const manifest = JSON.parse(await readFile(join(SERVER, 'manifest.json'), 'utf8'));
    manifest.compatibility.platforms = [process.platform];
    await writeFile(join(stage, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    await cp(join(root, 'LICENSE'), join(stage, 'LICENSE'));
    await rm(join(stage, 'package-lock.json'), { force: true });
    const packer = join(
      await cachedInstall(new URL('./mcpb/', import.meta.url)),
      'node_modules/@anthropic-ai/mcpb/dist/cli/cli.js',
    );
    const name = `renderq-${manifest.version}-${process.platform}.mcpb`;
    await mkdir(folder, { recursive: true });
    await capture(nodeBinary, [packer, 'validate', join(stage, 'manifest.json')], stage);
    await capture(nodeBinary, [packer, 'pack', stage, join(stage, name)], stage);
    await rename(join(stage, name), join(folder, name)).catch(() => cp(join(stage, name), join(folder, name)));
    return join(folder, name);
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}
