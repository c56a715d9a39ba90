/**
 * Installs the dependencies of a folder that holds package.json (and package-lock.json) once per machine, outside the
 * repository, and gives the folder that then holds node_modules. Install scripts never run.
 */
export function cachedInstall(
  folder: string | URL,
  options?: { readonly npmArgs?: readonly string[] },
): Promise<string>;
