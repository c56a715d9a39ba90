import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where the programs are that the set-up starts; undefined where this machine has none. */
export interface Machine {
  /** The folder that holds initdb, postgres and createdb. */
  readonly postgresBin: string | undefined;
  readonly redisServer: string | undefined;
  readonly chromium: string | undefined;
}

function onPath(...names: readonly string[]): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((file) => existsSync(file));
}

const POSTGRES_PROGRAMS = ['initdb', 'postgres', 'createdb'];

/** Debian keeps the server's programs off the PATH, in one folder for each major version. */
function findPostgres(): string | undefined {
  const base = '/usr/lib/postgresql';
  const versions = existsSync(base) ? readdirSync(base).sort((a, b) => Number(b) - Number(a)) : [];
  return [...(process.env.PATH ?? '').split(delimiter), ...versions.map((version) => join(base, version, 'bin'))].find(
    (folder) => POSTGRES_PROGRAMS.every((program) => existsSync(join(folder, program))),
  );
}

export function findPrograms(): Machine {
  return {
    postgresBin: findPostgres(),
    redisServer: onPath('redis-server', 'valkey-server'),
    chromium: onPath('chromium', 'chromium-browser', 'google-chrome'),
  };
}

const DEBIAN_PACKAGES: Readonly<Record<keyof Machine, string>> = {
  postgresBin: 'postgresql',
  redisServer: 'redis-server',
  chromium: 'chromium fonts-liberation',
};

/** What to install, in the words of a Debian user; empty when all is there. */
export function missingPackages(machine: Machine): string[] {
  return (Object.keys(DEBIAN_PACKAGES) as (keyof Machine)[])
    .filter((need) => machine[need] === undefined)
    .map((need) => DEBIAN_PACKAGES[need]);
}
