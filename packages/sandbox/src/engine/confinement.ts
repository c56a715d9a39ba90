import { runProcess } from './native-process.ts';

/** Puts a program into a cage: given the work folder, returns what must stand before the program's own words. */
export interface Confinement {
  readonly name: 'bubblewrap' | 'parent-death' | 'none';
  /** True when the program sees no network, no other files and no environment. */
  readonly complete: boolean;
  prefix(workDir: string): readonly string[];
}

/** Where the work folder stands inside the cage. */
export const CAGE_FOLDER = '/job';

const NONE: Confinement = { name: 'none', complete: false, prefix: () => [] };

/** Dies with its parent even when that parent was killed and could not clean up. */
const PARENT_DEATH: Confinement = {
  name: 'parent-death',
  complete: false,
  prefix: () => ['setpriv', '--pdeathsig', 'KILL', '--'],
};

const BUBBLEWRAP: Confinement = {
  name: 'bubblewrap',
  complete: true,
  prefix: (workDir) => [
    ...['bwrap', '--unshare-all', '--die-with-parent', '--new-session'],
    ...['--ro-bind', '/usr', '/usr', '--symlink', 'usr/bin', '/bin'],
    ...['--symlink', 'usr/lib', '/lib', '--symlink', 'usr/lib64', '/lib64'],
    // Debian's FFmpeg finds libblas through this folder and does not start without it.
    ...['--ro-bind-try', '/etc/alternatives', '/etc/alternatives', '--ro-bind-try', '/etc/fonts', '/etc/fonts'],
    ...['--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp'],
    ...['--bind', workDir, CAGE_FOLDER, '--chdir', CAGE_FOLDER],
    ...['--clearenv', '--setenv', 'PATH', '/usr/bin', '--setenv', 'HOME', '/tmp', '--'],
  ],
};

/**
 * Finds the strongest confinement in which `ffmpegPath` still starts. Containers often forbid user namespaces, and a
 * binary outside /usr is invisible inside the cage: only trying tells.
 */
export async function findConfinement(
  ffmpegPath: string,
  env: Readonly<Record<string, string>>,
  workDir: string,
): Promise<Confinement> {
  if (process.platform !== 'linux') return NONE;
  for (const candidate of [BUBBLEWRAP, PARENT_DEATH]) {
    if (await starts([...candidate.prefix(workDir), ffmpegPath, '-version'], env, workDir)) return candidate;
  }
  return NONE;
}

async function starts(argv: readonly string[], env: Readonly<Record<string, string>>, cwd: string): Promise<boolean> {
  const [command, ...args] = argv;
  if (command === undefined) return false;
  try {
    const { exitCode } = await runProcess({ command, args, cwd, env, signal: AbortSignal.timeout(5_000) });
    return exitCode === 0;
  } catch {
    return false;
  }
}
