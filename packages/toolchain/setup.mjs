// Set-up from nothing: runs on any Node >= 20 before a single dependency is installed, so it imports Node's own modules only.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeBinary, root, run } from './process.mjs';

const OLDEST_NODE = 20;
/** Exact: not as `packageManager` in package.json, which pnpm insists on resolving through the lockfile. */
export const PNPM = 'pnpm@12.21.0';
const stampFile = join(root, 'node_modules', '.renderq-setup');

/** Installs the workspace with the pinned pnpm; does nothing when the lockfile and the manifests are the ones last installed. */
export async function setUp() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < OLDEST_NODE) {
    throw new Error(
      `Node ${process.versions.node} is too old to set renderq up: install Node ${OLDEST_NODE} or newer.`,
    );
  }
  const wanted = fingerprint();
  if (existsSync(stampFile) && existsSync(nodeBinary) && readFileSync(stampFile, 'utf8') === wanted) return;
  console.error('Setting up (once): dependencies and Node 24 come from the package registry.');
  await run('npx', ['-y', PNPM, 'install', '--frozen-lockfile', '--loglevel=error'], {
    shell: process.platform === 'win32',
    // Without a terminal pnpm asks before it replaces a node_modules folder that npm made; CI=1 answers.
    env: { CI: '1', npm_config_update_notifier: 'false' },
    stdout: 'stderr',
  });
  writeFileSync(stampFile, wanted);
}

function fingerprint() {
  const hash = createHash('sha256');
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json'])
    hash.update(readFileSync(join(root, file)));
  return `${hash.digest('hex')} ${process.platform}-${process.arch}`;
}
