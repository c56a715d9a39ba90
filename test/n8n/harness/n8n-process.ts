import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Daemon, startDaemon } from './daemon.ts';
import { type N8nPlace, n8nEnv } from './n8n-env.ts';

const START_TIMEOUT_MS = 180_000;

/** Installs a packed community package as n8n's own settings page does: by npm, into the nodes folder of the user folder. */
export async function installPackage(userFolder: string, tarball: string): Promise<void> {
  const nodes = join(userFolder, '.n8n', 'nodes');
  await mkdir(nodes, { recursive: true });
  await writeFile(
    join(nodes, 'package.json'),
    JSON.stringify({ name: 'installed-nodes', private: true, dependencies: {} }),
  );
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  await promisify(execFile)('npm', ['install', tarball, '--legacy-peer-deps', '--omit=peer', ...quiet], {
    cwd: nodes,
    env: { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}` },
  });
}

async function answersOk(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

const launcher = (host: string) => join(host, 'node_modules', 'n8n', 'bin', 'n8n');

/** Starts n8n's main process from an installed host folder; resolves when its REST API serves. */
export function startN8nMain(host: string, place: N8nPlace): Promise<Daemon> {
  return startDaemon({
    name: 'n8n',
    command: process.execPath,
    args: [launcher(host), 'start'],
    options: { cwd: place.folder, env: n8nEnv(place) },
    isReady: async (output) =>
      output.includes('Editor is now accessible') && (await answersOk(`http://127.0.0.1:${place.port}/rest/settings`)),
    startTimeoutMs: START_TIMEOUT_MS,
  });
}

/** Starts a worker of queue mode; resolves when it takes work. */
export function startN8nWorker(host: string, place: N8nPlace, healthPort: number): Promise<Daemon> {
  return startDaemon({
    name: 'An n8n worker',
    command: process.execPath,
    args: [launcher(host), 'worker', '--concurrency=10'],
    options: { cwd: place.folder, env: { ...n8nEnv(place), QUEUE_HEALTH_CHECK_PORT: `${healthPort}` } },
    isReady: () => answersOk(`http://127.0.0.1:${healthPort}/healthz/readiness`),
    startTimeoutMs: START_TIMEOUT_MS,
  });
}

/** Resident memory of a process in bytes; Linux only. */
export async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1];
  return Number(kilobytes) * 1024;
}
