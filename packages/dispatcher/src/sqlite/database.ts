import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { RenderError } from '@renderq/core';
import { type InstanceLock, lockInstance } from './instance-lock.ts';
import { JOB_FILE, type JobFileOptions, LOCK_PATIENCE_MS, openJobFile } from './job-file.ts';
import { isBusy, isDamage, storeFault } from './store-fault.ts';

type Values = Readonly<Record<string, SQLInputValue>>;

/** The job file, opened at its first use, with its statements kept; every fault is typed. */
export interface Database {
  /** This process among those that share the folder. */
  instance(): Pick<InstanceLock, 'id' | 'isAlive'>;
  row(sql: string, values?: Values): unknown;
  rows(sql: string, values?: Values): unknown[];
  /** Gives the number of rows that were changed. */
  run(sql: string, values?: Values): number;
  exec(sql: string): void;
  /** All of it or nothing; no other process writes meanwhile. */
  atOnce<T>(task: () => T): T;
  close(): void;
}

/** Milliseconds to wait for a lock that another process does not let go of: it was stopped in the middle of a write. */
const SHORT_PATIENCE_MS = 20;

const inodeOf = (path: string): number | undefined => statSync(path, { throwIfNoEntry: false })?.ino;

interface Opened {
  readonly db: DatabaseSync;
  readonly statements: Map<string, StatementSync>;
  /** Tells the file from one that takes its place. */
  readonly inode: number | undefined;
}

/** Nothing is opened, and no folder made, before the first use. */
export function createDatabase(options: Omit<JobFileOptions, 'isSuspect'>): Database {
  let opened: Opened | undefined;
  const path = join(options.folder, JOB_FILE);
  let lock: InstanceLock | undefined;
  let isSuspect = false;
  let wasPatient = true;
  let isClosed = false;

  function open() {
    if (isClosed) {
      throw new RenderError({ code: 'STORE_UNAVAILABLE', message: 'The store has been closed.', retryable: false });
    }
    if (opened && !opened.db.isTransaction && opened.inode !== inodeOf(path)) leave(opened);
    if (opened) return opened;
    const db = openJobFile({ ...options, isSuspect });
    opened = { db, statements: new Map(), inode: inodeOf(path) };
    isSuspect = false;
    wasPatient = true;
    return opened;
  }

  /** What is written to a file that was removed, or set aside by another process, is read by nobody. */
  function leave({ db }: Opened): void {
    opened = undefined;
    db.close();
    if (lock?.isInPlace()) return;
    lock?.release();
    lock = undefined;
  }

  function prepared(sql: string): StatementSync {
    const { db, statements } = open();
    const known = statements.get(sql);
    if (known) return known;
    const statement = db.prepare(sql);
    statement.setAllowUnknownNamedParameters(true);
    statements.set(sql, statement);
    return statement;
  }

  /** Whoever waits for a lock keeps this process from everything else: when it was in vain, the next ones wait less. */
  function bePatient(isPatient: boolean): void {
    if (isPatient === wasPatient || !opened) return;
    opened.db.exec(`PRAGMA busy_timeout = ${isPatient ? LOCK_PATIENCE_MS : SHORT_PATIENCE_MS}`);
    wasPatient = isPatient;
  }

  function typedly<T>(task: () => T): T {
    try {
      return task();
    } catch (fault) {
      if (isBusy(fault)) bePatient(false);
      if (isDamage(fault) && opened) {
        isSuspect = true;
        opened.db.close();
        opened = undefined;
      }
      throw storeFault(fault);
    }
  }

  return {
    instance: () =>
      typedly(() => {
        open();
        const held = lock ?? lockInstance(join(options.folder, 'instances'));
        lock = held;
        return { id: held.id, isAlive: (id) => typedly(() => held.isAlive(id)) };
      }),
    row: (sql, values = {}) => typedly(() => prepared(sql).get(values)),
    rows: (sql, values = {}) => typedly(() => prepared(sql).all(values)),
    run: (sql, values = {}) => typedly(() => Number(prepared(sql).run(values).changes)),
    exec: (sql) => typedly(() => open().db.exec(sql)),
    atOnce(task) {
      return typedly(() => {
        const { db } = open();
        db.exec('BEGIN IMMEDIATE');
        try {
          const result = task();
          db.exec('COMMIT');
          bePatient(true);
          return result;
        } catch (fault) {
          // A full disk has ended the transaction by itself.
          if (db.isOpen && db.isTransaction) db.exec('ROLLBACK');
          throw fault;
        }
      });
    },
    close() {
      isClosed = true;
      opened?.db.close();
      opened = undefined;
      lock?.release();
      lock = undefined;
    },
  };
}
