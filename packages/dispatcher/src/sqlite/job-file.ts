import { chmodSync, closeSync, mkdirSync, openSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { RenderError } from '@renderq/core';
import { salvage } from './salvage.ts';
import { migrate, versionOf } from './schema.ts';
import { DAMAGE, isDamage, storeFault } from './store-fault.ts';

/** The job file's name in its folder. */
export const JOB_FILE = 'jobs.sqlite';
/** Milliseconds to wait for a lock: longer than any of our own transactions takes, on a busy disk. */
export const LOCK_PATIENCE_MS = 3_000;
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

/** Only where it is missing: to close a file takes from this process every lock that it holds on it elsewhere. */
function makeFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (fault) {
    if (!(fault instanceof Error && 'code' in fault && fault.code === 'EEXIST')) throw fault;
  }
}

function openFile({ folder, maxBytes, isSuspect }: JobFileOptions): DatabaseSync {
  const path = join(folder, JOB_FILE);
  // SQLite gives its journals the mode of the file. Requests may hold signed links: they are nobody else's to read.
  makeFile(path);
  chmodSync(path, 0o600);
  const db = new DatabaseSync(path, { timeout: LOCK_PATIENCE_MS });
  try {
    // Said again, it would be written again: the file of a process that only reads is left alone.
    if (versionOf(db) === 0) db.exec(`PRAGMA page_size = ${PAGE_BYTES}; PRAGMA auto_vacuum = INCREMENTAL;`);
    db.exec('PRAGMA journal_mode = WAL');
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
  const name = `${JOB_FILE}.damaged-${new Date().toISOString().replace(/[:.]/g, '-')}`;
  renameSync(join(folder, JOB_FILE), join(folder, name));
  for (const tail of ['-wal', '-shm']) {
    try {
      renameSync(join(folder, JOB_FILE + tail), join(folder, name + tail));
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
    const kept = salvage(join(folder, name), db);
    onDamage(
      new RenderError({
        code: 'STORE_UNAVAILABLE',
        message: `The job file was damaged and has been set aside as ${name}; a new one was begun with the jobs that could be read: ${kept}.`,
        retryable: false,
        remedy:
          'Look for jobs that are missing at the providers, or restore the file in the folder of RENDERQ_HOME from a backup.',
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
