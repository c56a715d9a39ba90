import type { RenderError } from '@renderq/core';
import type { JobRecord } from './job-record.ts';
import { isFinished } from './job-state.ts';
import type { JobStore, News } from './job-store.ts';
import { readCursor, writeCursor } from './list-cursor.ts';
import { createAccountTable } from './sqlite/account-table.ts';
import { createDatabase } from './sqlite/database.ts';
import { type JobRow, readAsked, readRow, SHOWN, UPDATE, WORKED, writeRow } from './sqlite/job-row.ts';
import { makeRoom, retain } from './sqlite/retention.ts';

const DAY_MS = 86_400_000;
const MEGABYTE = 1_048_576;
/** Accepted jobs between two looks at what is kept too long. */
const RETAIN_EVERY = 100;

export interface SqliteStoreOptions {
  /** Made where it is missing, for this user alone. On a disk of this computer: file locks of networks are not to be relied on. */
  readonly folder: string;
  /** Milliseconds that a finished job is kept. Default 30 days. */
  readonly keepMs?: number;
  /** Finished jobs that are kept. Default 10,000. */
  readonly keepFinished?: number;
  /** Bytes that the file may have. Default 256 MB. */
  readonly maxBytes?: number;
  /** Told of a job file that was damaged and set aside: its jobs are not known any more. */
  readonly onDamage?: (fault: RenderError) => void;
  /** Unix milliseconds. Default `Date.now`. */
  readonly now?: () => number;
}

/**
 * Keeps jobs in one SQLite file, which any number of processes of this computer may share. Opens nothing before its first
 * use. Every method throws RenderError STORE_UNAVAILABLE when the file cannot be used.
 */
export function createSqliteStore(options: SqliteStoreOptions): JobStore {
  const { folder, keepMs = 30 * DAY_MS, keepFinished = 10_000, maxBytes = 256 * MEGABYTE } = options;
  const now = options.now ?? Date.now;
  const db = createDatabase({ folder, maxBytes, onDamage: options.onDamage ?? (() => undefined) });
  let accepted = 0;
  let heard: number | undefined;
  let syncsFully = true;

  const nextChange = (): number =>
    (db.row('UPDATE counter SET change = change + 1 RETURNING change') as { change: number }).change;
  const me = (): string => db.instance().id;
  const accounts = createAccountTable(db, nextChange);

  const first = (sql: string, values: Record<string, string | number>): JobRecord | undefined => {
    const row = db.row(sql, values) as JobRow | undefined;
    return row && readRow(row);
  };

  /** What only shows how far a job is need not outlive a power cut: the provider knows it. */
  function setDurable(isDurable: boolean): void {
    if (isDurable === syncsFully) return;
    db.exec(`PRAGMA synchronous = ${isDurable ? 'FULL' : 'NORMAL'}`);
    syncsFully = isDurable;
  }

  const byKey = (principal: string, account: string, key: string): JobRecord | undefined =>
    first(`SELECT ${SHOWN} FROM jobs WHERE principal = :principal AND account = :account AND key = :key`, {
      principal,
      account,
      key,
    });

  const jobOfRemote = (account: string, remoteId: string): string | undefined => {
    const row = db.row('SELECT id FROM jobs WHERE account = :account AND remote_id = :remoteId LIMIT 1', {
      account,
      remoteId,
    }) as { id: string } | undefined;
    return row?.id;
  };

  function assureRoom(request: string): void {
    setDurable(false);
    const rules = { keepMs, keepFinished, maxBytes };
    accepted += 1;
    if (accepted % RETAIN_EVERY === 1) retain(db, rules, now());
    makeRoom(db, rules, now(), Buffer.byteLength(request));
  }

  return {
    isShared: true,

    insert(record, { repeatsSince, maxOpen }) {
      const request = JSON.stringify(record.request);
      assureRoom(request);
      setDurable(true);
      return db.atOnce(() => {
        const { id, principal, provider, account, fingerprint, idempotencyKey: key } = record;
        const held = key === undefined ? undefined : byKey(principal, account, key);
        if (held) return { outcome: 'held', record: held };
        const repeat =
          key === undefined
            ? first(
                `SELECT ${SHOWN} FROM jobs WHERE principal = :principal AND account = :account AND fingerprint = :fingerprint
                 AND created_at >= :since AND forbids_repeat = 1 ORDER BY sequence DESC LIMIT 1`,
                { principal, account, fingerprint, since: repeatsSince },
              )
            : undefined;
        if (repeat) return { outcome: 'repeat', record: repeat };
        const { open } = db.row('SELECT count(*) AS open FROM jobs WHERE is_open = 1') as { open: number };
        if (open >= maxOpen) return { outcome: 'full' };
        const isMine = accounts.owns(account);
        db.run(
          `INSERT INTO jobs (id, principal, provider, account, state, is_open, is_in_doubt, forbids_repeat, holder, key,
             provider_key, fingerprint, remote_id, created_at, finished_at, change, writer, body, request)
           VALUES (:id, :principal, :provider, :account, :state, :is_open, :is_in_doubt, :forbids_repeat, :holder, :key,
             :provider_key, :fingerprint, :remote_id, :created_at, :finished_at, :change, :me, :body, :request)`,
          {
            ...writeRow(record),
            id,
            principal,
            provider,
            account,
            fingerprint,
            holder: isMine ? me() : null,
            key: key ?? null,
            provider_key: record.providerKey,
            created_at: record.createdAt,
            change: nextChange(),
            me: me(),
            request,
          },
        );
        return { outcome: 'inserted', isMine };
      });
    },

    findByKey: byKey,
    hasProviderKey: (principal, provider, providerKey) =>
      db.row(
        `SELECT 1 FROM jobs WHERE provider_key = :providerKey AND principal = :principal AND provider = :provider LIMIT 1`,
        { principal, provider, providerKey },
      ) !== undefined,
    get: (id) => first(`SELECT ${SHOWN} FROM jobs WHERE id = :id`, { id }),
    requestOf: (id) => first(`SELECT ${WORKED} FROM jobs WHERE id = :id`, { id })?.request,

    put(record, isDurable) {
      setDurable(isDurable);
      const done = isFinished(record.state) ? ', holder = NULL' : '';
      return db.atOnce(() => {
        const changed = db.run(
          `${UPDATE}${done} WHERE id = :id AND (holder = :me OR (is_open = 0 AND state = :state))`,
          { ...writeRow(record), me: me(), change: nextChange() },
        );
        return changed === 1;
      });
    },

    reopen(record) {
      setDurable(true);
      return db.atOnce(() => {
        const { id, account, remote } = record;
        const before = db.row(`SELECT request IS NULL AS isBare FROM jobs WHERE id = :id AND is_in_doubt = 1`, { id });
        if (!before) return 'changed';
        const holder = remote && jobOfRemote(account, remote.id);
        if (holder !== undefined) return 'taken';
        if (!remote && (before as { isBare: number }).isBare === 1) return 'bare';
        db.run(`${UPDATE}, holder = NULL WHERE id = :id`, { ...writeRow(record), me: me(), change: nextChange() });
        return 'reopened';
      });
    },
    jobOfRemote,

    ask(id, request) {
      db.atOnce(() => {
        const row = db.row('SELECT asked FROM jobs WHERE id = :id', { id }) as { asked: string } | undefined;
        const before = row && readAsked(row.asked);
        if (!before || before.includes(request)) return;
        const asked = [...before, request].join(' ');
        db.run('UPDATE jobs SET asked = :asked, change = :change, writer = :me WHERE id = :id', {
          id,
          asked,
          me: me(),
          change: nextChange(),
        });
      });
    },
    answered: (id) => void db.run(`UPDATE jobs SET asked = '' WHERE id = :id`, { id }),

    list(principal, { state, provider, limit, cursor }) {
      const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : readCursor(cursor);
      const where = ['principal = :principal', 'sequence < :before'];
      if (state !== undefined) where.push('state = :state');
      if (provider !== undefined) where.push('provider = :provider');
      const rows = db.rows(
        `SELECT ${SHOWN} FROM jobs WHERE ${where.join(' AND ')} ORDER BY sequence DESC LIMIT :limit`,
        { principal, before, limit: limit + 1, state: state ?? null, provider: provider ?? null },
      ) as unknown as JobRow[];
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        records: page.map(readRow),
        ...(last && rows.length > limit ? { nextCursor: writeCursor(last.sequence) } : {}),
      };
    },

    openAccounts: () =>
      db.rows('SELECT DISTINCT account, provider FROM jobs WHERE is_open = 1') as unknown as {
        account: string;
        provider: string;
      }[],
    isOwned: accounts.isOwned,
    takeAccount: accounts.takeAccount,
    takeJobs: accounts.takeJobs,
    withdraw: accounts.withdraw,
    endLife: accounts.endLife,
    beat: accounts.beat,
    beatOf: accounts.beatOf,
    letGo: accounts.letGo,
    giveBack: accounts.giveBack,
    memoryOf: accounts.memoryOf,
    doubtsOf: accounts.doubtsOf,
    keepEvidence: accounts.keepEvidence,

    version: () => Number((db.row('PRAGMA data_version') as { data_version: number }).data_version),
    news() {
      const since = heard;
      const { change: until } = db.row('SELECT change FROM counter') as { change: number };
      heard = until;
      // A file that has changed less often than the one before is another.
      if (since === undefined || until < since) return [];
      const rows = db.rows(
        `SELECT ${SHOWN} FROM jobs WHERE change > :since AND change <= :until AND writer <> :me ORDER BY change`,
        { since, until, me: me() },
      ) as unknown as JobRow[];
      return rows.map((row): News => ({ record: readRow(row), asked: readAsked(row.asked) }));
    },
    close: db.close,
  };
}
