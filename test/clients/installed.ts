import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cachedInstall } from '@renderq/toolchain/cached-install';

let installing: Promise<string> | undefined;

/** The folder in which the clients of others are installed; installs them at the first call on a machine. */
export function installed(): Promise<string> {
  installing ??= cachedInstall(new URL('./tools/', import.meta.url));
  return installing;
}

/** Loads a module of an installed package. What it holds is for the caller to know: the workspace has no types of it. */
export async function load<Exports>(specifier: string): Promise<Exports> {
  const require = createRequire(join(await installed(), 'package.json'));
  return (await import(pathToFileURL(require.resolve(specifier)).href)) as Exports;
}

/** The path of a file of an installed package, for packages whose door is a program. */
export async function installedFile(path: string): Promise<string> {
  return join(await installed(), 'node_modules', path);
}
