import { RenderError } from '@renderq/core';
import type { Database } from './database.ts';

export interface RetentionRules {
  /** Milliseconds that a finished job is kept. */
  readonly keepMs: number;
  /** Finished jobs that are kept. */
  readonly keepFinished: number;
  /** Bytes that the file may have. */
  readonly maxBytes: number;
}

/** From this share of the bound on, what is needed least makes room. */
const FULL_SHARE = 0.8;
/** Beyond this share no job is accepted: the rest is for what becomes of the open ones. */
const ACCEPT_SHARE = 0.9;
/** Jobs that give up something at a time, so that no write waits long. */
const STEP = 500;

function usedBytes(db: Database): number {
  const { pages, free, size } = db.row(
    'SELECT page_count AS pages, freelist_count AS free, page_size AS size FROM pragma_page_count, pragma_freelist_count, pragma_page_size',
  ) as { pages: number; free: number; size: number };
  return (pages - free) * size;
}

const OLDEST = 'SELECT sequence FROM jobs WHERE finished_at IS NOT NULL';

/**
 * Forgets finished jobs that are old or too many. A file that fills up loses the requests of those that finished first,
 * then these jobs themselves. Open jobs are never touched.
 */
export function retain(db: Database, rules: RetentionRules, nowMs: number): void {
  db.run(
    `DELETE FROM jobs WHERE sequence IN (${OLDEST} AND finished_at < :before ORDER BY finished_at LIMIT ${STEP})`,
    {
      before: nowMs - rules.keepMs,
    },
  );
  const { finished } = db.row('SELECT count(*) AS finished FROM jobs WHERE finished_at IS NOT NULL') as {
    finished: number;
  };
  if (finished > rules.keepFinished) {
    db.run(`DELETE FROM jobs WHERE sequence IN (${OLDEST} ORDER BY finished_at LIMIT :excess)`, {
      excess: Math.min(STEP, finished - rules.keepFinished),
    });
  }
  const bound = rules.maxBytes * FULL_SHARE;
  while (usedBytes(db) > bound) {
    const bared = db.run(
      `UPDATE jobs SET request = NULL WHERE sequence IN (${OLDEST} AND request IS NOT NULL ORDER BY finished_at LIMIT ${STEP})`,
    );
    if (bared > 0) continue;
    const forgotten = db.run(`DELETE FROM jobs WHERE sequence IN (${OLDEST} ORDER BY finished_at LIMIT ${STEP})`);
    if (forgotten === 0) return;
  }
  db.exec('PRAGMA incremental_vacuum(1000)');
}

/**
 * Makes room for a job, where there is none.
 * Throws RenderError STORE_UNAVAILABLE when open jobs alone take up the file.
 */
export function makeRoom(db: Database, rules: RetentionRules, nowMs: number, bytes: number): void {
  const isFull = (): boolean => usedBytes(db) + bytes > rules.maxBytes * ACCEPT_SHARE;
  if (!isFull()) return;
  retain(db, rules, nowMs);
  if (!isFull()) return;
  throw new RenderError({
    code: 'STORE_UNAVAILABLE',
    message: 'Jobs cannot be kept: the job file has reached the size that it may have, and open jobs take it up.',
    remedy: 'Let open jobs end before submitting more, or send large media by URL instead of inside the request.',
  });
}
