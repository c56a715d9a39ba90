import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const packageFile = createRequire(import.meta.url).resolve('@renderq/core/package.json');

/**
 * The compiled file behind a door, as a stranger's Node finds it. A plain import would do, but the test runner resolves
 * the workspace's own export condition and would take the sources.
 */
function builtFile(door: string): string {
  const { exports } = JSON.parse(readFileSync(packageFile, 'utf8')) as { exports: Record<string, { default: string }> };
  return resolve(packageFile, '..', exports[door]?.default ?? `no door ${door}`);
}

/** The file behind door "." of core as it is shipped. */
export const BUILT_DOOR = builtFile('.');

/** Core as it is shipped: compiled, through its published door for Node. */
export const core = (await import(pathToFileURL(builtFile('./node')).href)) as typeof import('@renderq/core/node');
