import { join } from 'node:path';
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { RenderError } from '@renderq/core';
import { type InstanceLock, lockInstance } from './instance-lock.ts';
import { type JobFileOptions, openJobFile } from './job-file.ts';
import { isDamage, storeFault } from './store-fault.ts';

type Values = Readonly<Record<string, SQLInputValue>>;

/** The job file, opened at its first use, with its statements kept; every fault is typed. */
export interface Database {
  /** This process among those that share the folder. */
  instance(): InstanceLock;
  row(sql: string, values?: Values): unknown;
  rows(sql: string, values?: Values): unknown[];
  /** Gives the number of rows that were changed. */
  run(sql: string, values?: Values): number;
  exec(sql: string): void;
  /** All of it or nothing; no other process writes meanwhile. */
  atOnce<T>(task: () => T): T;
  close(): void;
}

/** Nothing is opened, and no folder made, before the first use. */
export function createDatabase(options: Omit<JobFileOptions, 'isSuspect'>): Database {
  let opened: { readonly db: DatabaseSync; readonly statements: Map<string, StatementSync> } | undefined;
  let lock: InstanceLock | undefined;
  let isSuspect = false;
  let isClosed = false;

  function open() {
    if (isClosed) {
      throw new RenderError({ code: 'STORE_UNAVAILABLE', message: 'The store has been closed.', retryable: false });
    }
    if (opened) return opened;
    opened = { db: openJobFile({ ...options, isSuspect }), statements: new Map() };
    isSuspect = false;
    return opened;
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

  function typedly<T>(task: () => T): T {
    try {
      return task();
    } catch (fault) {
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
        lock ??= lockInstance(join(options.folder, 'instances'));
        return lock;
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
