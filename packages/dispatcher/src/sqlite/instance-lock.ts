import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { isBusy } from './store-fault.ts';

/** A process among those that share a folder: it lives for as long as it holds the lock on its own file. */
export interface InstanceLock {
  readonly id: string;
  /** Whether the process of this id lives. It may hang; the operating system takes the lock away when it ends. */
  isAlive(id: string): boolean;
  /** Whether others can see the lock: nobody has removed its file. */
  isInPlace(): boolean;
  release(): void;
}

const NAME = /^[0-9a-f]{16}\.lock$/;

/** Journals would only litter the folder: nothing is ever written to a lock's file. */
function lock(path: string): DatabaseSync | undefined {
  const db = new DatabaseSync(path, { timeout: 0 });
  try {
    db.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    return db;
  } catch (fault) {
    db.close();
    if (isBusy(fault)) return undefined;
    throw fault;
  }
}

/**
 * Locks a file of its own in the folder. Neither clocks nor process ids are compared, so it is true in containers that
 * share a folder, too, and at once after a process was killed.
 */
export function lockInstance(folder: string): InstanceLock {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const pathOf = (id: string): string => join(folder, `${id}.lock`);
  const alive = (id: string): boolean => {
    const path = pathOf(id);
    if (!existsSync(path)) return false;
    const taken = lock(path);
    if (!taken) return true;
    // Removed while it is locked, so that nobody sees it alive again.
    rmSync(path, { force: true });
    taken.close();
    return false;
  };

  for (const name of readdirSync(folder)) if (NAME.test(name)) alive(name.slice(0, 16));

  for (;;) {
    const id = randomBytes(8).toString('hex');
    const unseen = join(folder, `${id}.new`);
    const held = lock(unseen);
    if (!held) continue;
    // Seen only once it is locked: nobody can take it for a dead one's in between.
    renameSync(unseen, pathOf(id));
    return {
      id,
      isInPlace: () => existsSync(pathOf(id)),
      isAlive: (other) => other === id || alive(other),
      release() {
        rmSync(pathOf(id), { force: true });
        held.close();
      },
    };
  }
}
