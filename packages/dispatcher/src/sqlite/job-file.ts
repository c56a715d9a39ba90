import { chmodSync, closeSync, mkdirSync, openSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { RenderError } from '@renderq/core';
import { migrate } from './schema.ts';
import { DAMAGE, isDamage, storeFault } from './store-fault.ts';

const NAME = 'jobs.sqlite';
/** Longer than any of our own transactions takes, on a busy disk. */
const LOCK_PATIENCE_MS = 3_000;
const PAGE_BYTES = 4_096;

export interface JobFileOptions {
  readonly folder: string;
  /** The file never grows beyond this many bytes. */
  readonly maxBytes: number;
  /** A read or a write has met damage: the whole file is looked at before it is used again. */
  readonly isSuspect: boolean;
  /** Told of a file that was damaged and set aside. */
  readonly onDamage: (fault: RenderError) => void;
}

function assertSound(db: DatabaseSync): void {
  const found = db.prepare('PRAGMA quick_check(1)').get();
  if (found?.quick_check === 'ok') return;
  throw Object.assign(new Error('The file is damaged.'), { errcode: DAMAGE });
}

function openFile({ folder, maxBytes, isSuspect }: JobFileOptions): DatabaseSync {
  const path = join(folder, NAME);
  // SQLite gives its journals the mode of the file. Requests may hold signed links: they are nobody else's to read.
  closeSync(openSync(path, 'a', 0o600));
  chmodSync(path, 0o600);
  const db = new DatabaseSync(path, { timeout: LOCK_PATIENCE_MS });
  try {
    db.exec(`PRAGMA page_size = ${PAGE_BYTES}; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL;`);
    db.exec(
      `PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA max_page_count = ${Math.ceil(maxBytes / PAGE_BYTES)};`,
    );
    if (isSuspect) assertSound(db);
    migrate(db);
    return db;
  } catch (fault) {
    db.close();
    throw fault;
  }
}

/** Sets a damaged file aside under a name of its own; it is never deleted, because it may be mended. */
function setAside(folder: string): string {
  const name = `${NAME}.damaged-${new Date().toISOString().replace(/[:.]/g, '-')}`;
  renameSync(join(folder, NAME), join(folder, name));
  for (const tail of ['-wal', '-shm']) {
    try {
      renameSync(join(folder, NAME + tail), join(folder, name + tail));
    } catch {
      // There need not be one.
    }
  }
  return name;
}

/** One process at a time looks at a damaged file, so that nobody sets aside the sound one that has taken its place. */
function replaceDamaged(options: JobFileOptions): DatabaseSync {
  const { folder, onDamage } = options;
  const turn = new DatabaseSync(join(folder, 'repair.lock'), { timeout: LOCK_PATIENCE_MS });
  try {
    turn.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    try {
      return openFile(options);
    } catch (fault) {
      if (!isDamage(fault)) throw fault;
    }
    const name = setAside(folder);
    const db = openFile({ ...options, isSuspect: false });
    onDamage(
      new RenderError({
        code: 'STORE_UNAVAILABLE',
        message: `The job file was damaged and has been set aside as ${name}; a new one was begun, which knows none of its jobs.`,
        retryable: false,
        remedy: 'Restore the file in the folder of RENDERQ_HOME from a backup, or look for its jobs at the providers.',
      }),
    );
    return db;
  } finally {
    turn.close();
  }
}

/** Opens the job file of a folder, both of which are made where they are missing. Throws STORE_UNAVAILABLE. */
export function openJobFile(options: JobFileOptions): DatabaseSync {
  const { folder } = options;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return openFile(options);
  } catch (fault) {
    if (!isDamage(fault)) throw storeFault(fault);
  }
  try {
    return replaceDamaged(options);
  } catch (fault) {
    throw storeFault(fault);
  }
}
