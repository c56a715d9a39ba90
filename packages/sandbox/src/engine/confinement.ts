import { runProcess } from './native-process.ts';

/** Puts a program into a cage: given its limits, returns what must stand before the program's own words. */
export interface Confinement {
  readonly name: 'bubblewrap' | 'parent-death' | 'none';
  /** True when the program sees no network, no other files and no environment. */
  readonly complete: boolean;
  /** True when the kernel holds the program to the limits. */
  readonly limited: boolean;
  prefix(limits: CageLimits): readonly string[];
}

export interface CageLimits {
  readonly workDir: string;
  /** Bytes that one file may have. */
  readonly maxFileBytes: number;
}

/**
 * Address space of one run. FFmpeg needs under 2 GB of it for 4K; what asks for more is a mistake or an attack, and gets
 * "Cannot allocate memory" instead of the machine's.
 */
const MAX_MEMORY_BYTES = 6_000_000_000;
/** The wall clock is the limit that callers set; this one ends what no longer hears signals. */
const MAX_CPU_SECONDS = 7_200;
const MAX_OPEN_FILES = 1_024;

/** Where the work folder stands inside the cage. */
export const CAGE_FOLDER = '/job';

const NONE: Confinement = { name: 'none', complete: false, limited: false, prefix: () => [] };

/** The kernel counts processes per user, not per run, so their number is no limit of a run: FFmpeg starts none anyway. */
const limits = ({ maxFileBytes }: CageLimits): readonly string[] => [
  ...['prlimit', '--core=0', `--as=${MAX_MEMORY_BYTES}`, `--cpu=${MAX_CPU_SECONDS}`],
  ...[`--fsize=${Math.ceil(maxFileBytes)}`, `--nofile=${MAX_OPEN_FILES}`, '--'],
];

/** Dies with its parent even when that parent was killed and could not clean up. */
const PARENT_DEATH: Confinement = {
  name: 'parent-death',
  complete: false,
  limited: false,
  prefix: () => ['setpriv', '--pdeathsig', 'KILL', '--'],
};

const BUBBLEWRAP: Confinement = {
  name: 'bubblewrap',
  complete: true,
  limited: false,
  prefix: ({ workDir }) => [
    // No session of its own: it has no terminal to guard, and a signal to the group must reach what bwrap has just begun.
    ...['bwrap', '--unshare-all', '--die-with-parent'],
    ...['--ro-bind', '/usr', '/usr', '--symlink', 'usr/bin', '/bin'],
    ...['--symlink', 'usr/lib', '/lib', '--symlink', 'usr/lib64', '/lib64'],
    // Debian's FFmpeg finds libblas through this folder and does not start without it.
    ...['--ro-bind-try', '/etc/alternatives', '/etc/alternatives', '--ro-bind-try', '/etc/fonts', '/etc/fonts'],
    ...['--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp'],
    ...['--bind', workDir, CAGE_FOLDER, '--chdir', CAGE_FOLDER],
    ...['--clearenv', '--setenv', 'PATH', '/usr/bin', '--setenv', 'HOME', '/tmp', '--'],
  ],
};

function withLimits(cage: Confinement): Confinement {
  return { ...cage, limited: true, prefix: (asked) => [...cage.prefix(asked), ...limits(asked)] };
}

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
  const asked = { workDir, maxFileBytes: 1_000_000 };
  for (const candidate of [withLimits(BUBBLEWRAP), BUBBLEWRAP, withLimits(PARENT_DEATH), PARENT_DEATH]) {
    if (await starts([...candidate.prefix(asked), ffmpegPath, '-version'], env, workDir)) return candidate;
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
