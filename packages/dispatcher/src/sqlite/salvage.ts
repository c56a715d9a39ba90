import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import { SCHEMA_VERSION, versionOf } from './schema.ts';

type Row = Record<string, SQLOutputValue>;

function isWhole({ body, request }: Row): boolean {
  try {
    JSON.parse(String(body));
    if (request !== null) JSON.parse(String(request));
    return true;
  } catch {
    return false;
  }
}

/** Rows in the order in which they lie, up to the first that cannot be read. */
function readable(damaged: DatabaseSync, sql: string, keep: (row: Row) => void): boolean {
  try {
    for (const row of damaged.prepare(sql).iterate()) keep(row);
    return true;
  } catch {
    return false;
  }
}

/**
 * Copies to a new file what can be read of a damaged one, which is left as it is. A damaged index hides no job: rows are read
 * without one, from both ends. Gives the number of jobs.
 */
export function salvage(path: string, to: DatabaseSync): number {
  let damaged: DatabaseSync | undefined;
  try {
    damaged = new DatabaseSync(path, { readOnly: true });
    return versionOf(damaged) === SCHEMA_VERSION ? copy(damaged, to) : 0;
  } catch {
    return 0;
  } finally {
    damaged?.close();
  }
}

function copy(damaged: DatabaseSync, to: DatabaseSync): number {
  let kept = 0;
  const insertInto = (table: string) => (row: Row) => {
    const columns = Object.keys(row);
    const values = columns.map((column) => `:${column}`).join(', ');
    const copied = to.prepare(`INSERT OR IGNORE INTO ${table} (${columns.join(', ')}) VALUES (${values})`).run(row);
    return Number(copied.changes);
  };
  const insertJob = insertInto('jobs');
  const keepJob = (row: Row): void => {
    if (isWhole(row)) kept += insertJob(row);
  };
  to.exec('BEGIN IMMEDIATE');
  try {
    readable(damaged, 'SELECT * FROM accounts NOT INDEXED', insertInto('accounts'));
    const isAll = readable(damaged, 'SELECT * FROM jobs NOT INDEXED ORDER BY sequence', keepJob);
    if (!isAll) readable(damaged, 'SELECT * FROM jobs NOT INDEXED ORDER BY sequence DESC', keepJob);
    to.exec('UPDATE counter SET change = max(change, (SELECT coalesce(max(change), 0) FROM jobs))');
    to.exec('COMMIT');
    return kept;
  } catch (fault) {
    to.exec('ROLLBACK');
    throw fault;
  }
}
