import { readFile, readlink } from 'node:fs/promises';

/** Enough to tell later, and from another process, whether this one still lives. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Start of the process in clock ticks since boot: a number that is given again belongs to another process. Linux only. */
  readonly startedAt?: string;
  /** Boot and process namespace in which `pid` counts: another container gives the same numbers anew. Linux only. */
  readonly world?: string;
}

/** The identity of this process. */
export async function identifyProcess(): Promise<ProcessIdentity> {
  const [startedAt, world] = await Promise.all([startOf(process.pid), ourWorld()]);
  return {
    pid: process.pid,
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(world === undefined ? {} : { world }),
  };
}

/** True only where it is certain: a process that cannot be judged from here counts as alive. */
export async function isSurelyGone({ pid, startedAt, world }: ProcessIdentity): Promise<boolean> {
  if (world !== (await ourWorld())) return false;
  if (!isTaken(pid)) return true;
  const [state, ...rest] = await statOf(pid);
  // A zombie runs nothing and holds nothing: it only waits for its parent to hear of its end.
  if (state === 'Z' || state === 'X') return true;
  const present = startedAt === undefined ? undefined : rest.at(18);
  return present !== undefined && present !== startedAt;
}

function isTaken(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: somebody else's process has the number.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}

/** Field 22 of /proc/PID/stat. */
async function startOf(pid: number): Promise<string | undefined> {
  return (await statOf(pid)).at(19);
}

/** /proc/PID/stat (proc(5)) from field 3 on; the name in field 2 may hold blanks and brackets of its own. */
async function statOf(pid: number): Promise<readonly string[]> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

async function ourWorld(): Promise<string | undefined> {
  try {
    const [boot, namespace] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      readlink('/proc/self/ns/pid'),
    ]);
    return `${boot.trim()} ${namespace}`;
  } catch {
    return undefined;
  }
}
