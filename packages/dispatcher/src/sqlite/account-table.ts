import type { AccountEvidence, AccountMemory } from '@renderq/core';
import type { JobRecord } from '../job-record.ts';
import type { Database } from './database.ts';
import { type JobRow, readRow, UPDATE, WORKED, writeRow } from './job-row.ts';

/** Jobs of an account that core is told of: more than any list shows. */
const MOST_REMEMBERED = 2_000;

/** Who works which account, and what is known of it. */
export interface AccountTable {
  owns(account: string): boolean;
  isOwned(account: string): boolean;
  takeAccount(account: string, provider: string, evenIfAlive: boolean): boolean;
  takeJobs(account: string): readonly JobRecord[];
  withdraw(record: JobRecord): boolean;
  endLife(account: string): void;
  beat(account: string): boolean;
  beatOf(account: string): number | undefined;
  letGo(id: string): void;
  giveBack(account: string): void;
  memoryOf(account: string): AccountMemory;
  doubtsOf(account: string, since: number): readonly number[];
  keepEvidence(account: string, evidence: AccountEvidence): void;
}

/** @param nextChange Counts a change, inside a transaction. */
export function createAccountTable(db: Database, nextChange: () => number): AccountTable {
  const me = (): string => db.instance().id;
  const ownerOf = (account: string): string | undefined => {
    const row = db.row('SELECT owner FROM accounts WHERE id = :account', { account }) as
      | { owner: string | null }
      | undefined;
    return row?.owner ?? undefined;
  };

  const mayTake = (account: string, evenIfAlive: boolean): boolean => {
    const owner = ownerOf(account);
    return owner === undefined || evenIfAlive || owner === me() || !db.instance().isAlive(owner);
  };

  return {
    owns: (account) => ownerOf(account) === me(),

    isOwned(account) {
      const owner = ownerOf(account);
      return owner !== undefined && db.instance().isAlive(owner);
    },

    takeAccount(account, provider, evenIfAlive) {
      // Looked at without the lock first: whoever waits for an account asks often.
      if (!mayTake(account, evenIfAlive)) return false;
      return db.atOnce(() => {
        if (!mayTake(account, evenIfAlive)) return false;
        db.run(
          `INSERT INTO accounts (id, provider, owner) VALUES (:account, :provider, :me)
           ON CONFLICT (id) DO UPDATE SET owner = :me, beat = beat + 1`,
          { account, provider, me: me() },
        );
        return true;
      });
    },

    takeJobs(account) {
      const open = 'FROM jobs WHERE account = :account AND is_open = 1 AND holder IS NOT :me';
      const found = db.rows(`SELECT id ${open} LIMIT 1`, { account, me: me() });
      if (found.length === 0) return [];
      return db.atOnce(() => {
        if (ownerOf(account) !== me()) return [];
        const rows = db.rows(`SELECT ${WORKED}, id, state, holder ${open} ORDER BY sequence`, {
          account,
          me: me(),
        }) as (JobRow & { id: string; state: string; holder: string | null })[];
        const alive = new Map<string, boolean>();
        const isAlive = (holder: string): boolean => {
          const known = alive.get(holder) ?? db.instance().isAlive(holder);
          alive.set(holder, known);
          return known;
        };
        const free = rows.filter(({ state, holder }) => holder === null || state !== 'submitting' || !isAlive(holder));
        for (const { id } of free) {
          db.run(`UPDATE jobs SET holder = :me, asked = '' WHERE id = :id`, { id, me: me() });
        }
        return free.map(readRow);
      });
    },

    withdraw: (record) =>
      db.atOnce(() => {
        const { id, account } = record;
        const found = db.row(
          `SELECT holder FROM jobs WHERE id = :id AND is_open = 1 AND remote_id IS NULL AND body ->> '$.sentAt' IS NULL`,
          { id },
        ) as { holder: string | null } | undefined;
        const holder = found && (found.holder ?? ownerOf(account));
        if (!found || (holder !== undefined && db.instance().isAlive(holder))) return false;
        db.run(`${UPDATE}, holder = NULL WHERE id = :id`, { ...writeRow(record), me: me(), change: nextChange() });
        return true;
      }),

    endLife: (account) =>
      db.atOnce(() => {
        db.run(
          `UPDATE jobs SET key = NULL, remote_id = NULL, forbids_repeat = 0, is_in_doubt = 0,
             body = json_set(body, '$.isGone', json('true')), change = :change, writer = :me
           WHERE account = :account AND is_open = 0 AND forbids_repeat = 1`,
          { account, me: me(), change: nextChange() },
        );
      }),

    beat: (account) =>
      db.run('UPDATE accounts SET beat = beat + 1 WHERE id = :account AND owner = :me', { account, me: me() }) === 1,

    beatOf(account) {
      const row = db.row('SELECT beat FROM accounts WHERE id = :account AND owner IS NOT NULL', { account });
      return (row as { beat: number } | undefined)?.beat;
    },

    letGo: (id) =>
      db.atOnce(() => {
        db.run('UPDATE jobs SET holder = NULL, change = :change, writer = :me WHERE id = :id AND holder = :me', {
          id,
          me: me(),
          change: nextChange(),
        });
      }),

    giveBack: (account) =>
      db.atOnce(() => {
        const values = { account, me: me(), change: nextChange() };
        db.run('UPDATE accounts SET owner = NULL WHERE id = :account AND owner = :me', values);
        db.run(
          `UPDATE jobs SET holder = NULL, change = :change, writer = :me
           WHERE account = :account AND is_open = 1 AND holder = :me`,
          values,
        );
      }),

    memoryOf(account) {
      const newest = db.rows(
        `SELECT remote_id AS id FROM jobs WHERE account = :account AND remote_id IS NOT NULL
         ORDER BY sequence DESC LIMIT ${MOST_REMEMBERED}`,
        { account },
      ) as { id: string }[];
      const openJobs = db.rows(
        `SELECT remote_id AS id, coalesce(body ->> '$.acceptedAt', created_at) AS acceptedAt FROM jobs
         WHERE account = :account AND is_open = 1 AND remote_id IS NOT NULL ORDER BY sequence`,
        { account },
      ) as { id: string; acceptedAt: number }[];
      const known = db.row('SELECT evidence FROM accounts WHERE id = :account', { account }) as
        | { evidence: string | null }
        | undefined;
      return {
        jobIds: newest.map(({ id }) => id).reverse(),
        openJobs: openJobs.map(({ id, acceptedAt }) => ({ id, acceptedAt })),
        ...(known?.evidence ? { evidence: JSON.parse(known.evidence) as AccountEvidence } : {}),
      };
    },

    doubtsOf(account, since) {
      const rows = db.rows(
        `SELECT body ->> '$.doubt.sentAt' AS at FROM jobs WHERE account = :account AND is_in_doubt = 1
         UNION ALL SELECT body ->> '$.sentAt' FROM jobs
         WHERE account = :account AND is_open = 1 AND state = 'submitting' AND remote_id IS NULL`,
        { account },
      ) as { at: number | null }[];
      return rows.flatMap(({ at }) => (at !== null && at >= since ? [at] : []));
    },

    keepEvidence: (account, evidence) =>
      void db.run('UPDATE accounts SET evidence = :evidence WHERE id = :account AND owner = :me', {
        account,
        me: me(),
        evidence: JSON.stringify(evidence),
      }),
  };
}
