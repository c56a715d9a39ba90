// Installs what is too heavy for the workspace (n8n, other MCP clients, conformance suites) once per machine, outside the repository.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { nodeBinary } from './process.mjs';

const MANIFESTS = ['package.json', 'package-lock.json'];
const HEARTBEAT_MS = 5_000;
/** A lease older than this belongs to a process that died: a living one renews it every HEARTBEAT_MS. */
const LEASE_MS = 60_000;
const LOOK_MS = 250;

/**
 * The folder where the dependencies of `folder` (a path or file URL of a folder with package.json and, normally,
 * package-lock.json) are installed; installs them first when that has not been done yet. Install scripts never run.
 * Started several times at once, in one process or in many, one installs and the others wait for it.
 * Rejects with npm's last words when npm fails; nothing half installed is ever given out.
 */
export async function cachedInstall(folder, { npmArgs = [] } = {}) {
  const source = folder instanceof URL || String(folder).startsWith('file:') ? fileURLToPath(folder) : folder;
  const manifests = MANIFESTS.filter((name) => existsSync(join(source, name)));
  const target = cacheFolder(source, manifests);
  const lease = `${target}.lease`;
  await mkdir(dirname(target), { recursive: true });
  for (;;) {
    // It appears by a rename of the finished folder: being there means being complete.
    if (existsSync(target)) return target;
    if (await takeLease(lease)) break;
    await sleep(LOOK_MS);
  }
  const heartbeat = setInterval(() => utimes(lease, new Date(), new Date()).catch(() => {}), HEARTBEAT_MS);
  try {
    if (!existsSync(target)) await installInto(target, source, manifests, npmArgs);
    return target;
  } finally {
    clearInterval(heartbeat);
    await rm(lease, { recursive: true, force: true });
  }
}

/** Where `cachedInstall` puts, or would put, the dependencies of a folder: package name and a hash of both manifests. */
function cacheFolder(source, manifests) {
  const hash = createHash('sha256');
  for (const name of manifests) hash.update(readFileSync(join(source, name)));
  const { name } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'));
  if (typeof name !== 'string' || name === '') throw new Error(`The package.json in ${source} needs a "name".`);
  const cache = process.env.RENDERQ_CACHE || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'renderq');
  return join(cache, `${name.replaceAll(/[^\w.-]+/g, '-')}-${hash.digest('hex').slice(0, 12)}`);
}

/** Making a folder either succeeds or finds it there, also between processes. */
async function takeLease(lease) {
  try {
    await mkdir(lease);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  const seen = await stat(lease).catch(() => undefined);
  if (seen && Date.now() - seen.mtimeMs > LEASE_MS) {
    // Moved aside first: of several that find it stale, one succeeds, and none removes the lease that the next one takes.
    const dead = `${lease}.${process.pid}.${Date.now()}`;
    await rename(lease, dead).then(
      () => rm(dead, { recursive: true, force: true }),
      () => {},
    );
  }
  return false;
}

async function installInto(target, source, manifests, npmArgs) {
  const partial = `${target}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial);
  for (const name of manifests) await copyFile(join(source, name), join(partial, name));
  await npm(['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', ...npmArgs], partial);
  await writeFile(join(partial, '.installed'), `${new Date().toISOString()}\n`);
  await rename(partial, target);
}

function npm(args, cwd) {
  return new Promise((done, fail) => {
    const child = spawn('npm', args, {
      cwd,
      shell: process.platform === 'win32',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PATH: `${dirname(nodeBinary)}${delimiter}${process.env.PATH ?? ''}` },
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => {
        said = (said + text).slice(-4000);
      });
    child.on('error', fail);
    child.on('close', (code) => {
      if (code === 0) done();
      else fail(new Error(`npm ${args[0]} ended with exit code ${code}: ${said.trim()}`));
    });
  });
}
