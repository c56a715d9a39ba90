import type { DatabaseSync } from 'node:sqlite';
import { RenderError } from '@renderq/core';

/** Each step brings a file from the version of its index to the next; steps are never changed, only added. */
const STEPS: readonly string[] = [
  `
  CREATE TABLE jobs (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    principal TEXT NOT NULL,
    provider TEXT NOT NULL,
    account TEXT NOT NULL,
    state TEXT NOT NULL,
    is_open INTEGER NOT NULL,
    is_in_doubt INTEGER NOT NULL,
    forbids_repeat INTEGER NOT NULL,
    holder TEXT,
    key TEXT,
    provider_key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    remote_id TEXT,
    created_at INTEGER NOT NULL,
    finished_at INTEGER,
    asked TEXT NOT NULL DEFAULT '',
    change INTEGER NOT NULL,
    writer TEXT NOT NULL,
    body TEXT NOT NULL,
    request TEXT
  ) STRICT;
  CREATE UNIQUE INDEX jobs_by_key ON jobs (principal, provider, key) WHERE key IS NOT NULL;
  CREATE INDEX jobs_by_print ON jobs (principal, fingerprint, created_at);
  CREATE INDEX jobs_by_provider_key ON jobs (provider_key);
  CREATE INDEX jobs_open ON jobs (account, sequence) WHERE is_open = 1;
  CREATE INDEX jobs_in_doubt ON jobs (account) WHERE is_in_doubt = 1;
  CREATE INDEX jobs_by_remote ON jobs (account, remote_id) WHERE remote_id IS NOT NULL;
  CREATE INDEX jobs_by_change ON jobs (change);
  CREATE INDEX jobs_finished ON jobs (finished_at) WHERE finished_at IS NOT NULL;
  CREATE INDEX jobs_listed ON jobs (principal, sequence);
  CREATE INDEX jobs_listed_by_state ON jobs (principal, state, sequence);
  CREATE INDEX jobs_listed_by_provider ON jobs (principal, provider, sequence);
  CREATE INDEX jobs_listed_by_both ON jobs (principal, provider, state, sequence);
  CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    provider TEXT NOT NULL,
    owner TEXT,
    beat INTEGER NOT NULL DEFAULT 0,
    evidence TEXT
  ) STRICT;
  CREATE TABLE counter (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), change INTEGER NOT NULL) STRICT;
  INSERT INTO counter VALUES (1, 0);
  `,
  `
  DROP INDEX jobs_by_key;
  DROP INDEX jobs_by_print;
  CREATE UNIQUE INDEX jobs_by_key ON jobs (principal, account, key) WHERE key IS NOT NULL;
  CREATE INDEX jobs_by_print ON jobs (principal, account, fingerprint, created_at);
  `,
];

/** The version that this program writes. */
export const SCHEMA_VERSION = STEPS.length;

const newer = (version: number): RenderError =>
  new RenderError({
    code: 'STORE_UNAVAILABLE',
    message: `Jobs cannot be kept: the job file has version ${version}, which a newer renderq has written; this one knows version ${SCHEMA_VERSION}.`,
    retryable: false,
    remedy: 'Update renderq, or set RENDERQ_HOME to another folder.',
  });

export const versionOf = (db: DatabaseSync): number => Number(db.prepare('PRAGMA user_version').get()?.user_version);

/**
 * Brings the file to the version of this program; several processes may begin with it at the same time.
 * Throws RenderError STORE_UNAVAILABLE for a file of a newer version, which is left as it is.
 */
export function migrate(db: DatabaseSync): void {
  const found = versionOf(db);
  if (found > SCHEMA_VERSION) throw newer(found);
  if (found === SCHEMA_VERSION) return;
  db.exec('BEGIN IMMEDIATE');
  try {
    for (let version = versionOf(db); version < SCHEMA_VERSION; version += 1) {
      db.exec(STEPS[version] ?? '');
      db.exec(`PRAGMA user_version = ${version + 1}`);
    }
    db.exec('COMMIT');
  } catch (fault) {
    db.exec('ROLLBACK');
    throw fault;
  }
}
