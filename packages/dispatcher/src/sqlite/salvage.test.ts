import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JobRecord } from '../job-record.ts';
import type { JobStore } from '../job-store.ts';
import { createSqliteStore } from '../sqlite-store.ts';

const RULES = { repeatsSince: 1, maxOpen: 1_000 };
const JOBS = 50;

const record = (id: string): JobRecord => ({
  id,
  principal: 'local',
  provider: 'fake',
  account: 'fake-account',
  request: { of: id, filler: 'x'.repeat(500) },
  fingerprint: id,
  idempotencyKey: id,
  providerKey: id,
  createdAt: 1,
  updatedAt: 1,
  state: 'queued',
});

let folder: string;
let opened: JobStore[];
let damages: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'renderq-salvage-'));
  opened = [];
  damages = [];
});
afterEach(() => {
  for (const store of opened) store.close();
  rmSync(folder, { recursive: true, force: true });
});

function open(): JobStore {
  const store = createSqliteStore({ folder, onDamage: ({ message }) => damages.push(message) });
  opened.push(store);
  return store;
}

function fill(): void {
  const store = open();
  store.takeAccount('fake-account', 'fake', false);
  for (let at = 0; at < JOBS; at += 1) store.insert(record(`job-${at}`), RULES);
  store.close();
}

/** Overwrites one page of the file; gives its number. */
function spoil(query: string): void {
  const path = join(folder, 'jobs.sqlite');
  const db = new DatabaseSync(path);
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  const found = db.prepare(query).get() as { page: number };
  db.close();
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(4_096, 0xff), 0, 4_096, (found.page - 1) * 4_096);
  closeSync(file);
}

/** The first call that meets the damage tells of it. */
function meetDamage(store: JobStore): void {
  expect(() => {
    store.findByKey('local', 'fake-account', 'job-7');
    for (let at = 0; at < JOBS; at += 1) store.get(`job-${at}`);
  }).toThrow('damaged');
}

describe('a job file that is damaged', () => {
  it('in an index gives all of its jobs to the new one, with their requests', () => {
    fill();
    spoil(`SELECT rootpage AS page FROM sqlite_master WHERE name = 'jobs_by_key'`);
    const damaged = readFileSync(join(folder, 'jobs.sqlite'));
    const store = open();
    meetDamage(store);
    expect(store.findByKey('local', 'fake-account', 'job-7')?.id).toBe('job-7');
    expect(store.list('local', { limit: 1_000 }).records).toHaveLength(JOBS);
    expect(store.takeAccount('fake-account', 'fake', false)).toBe(true);
    expect(store.takeJobs('fake-account')[7]).toMatchObject({ id: 'job-7', request: { of: 'job-7' } });
    expect(damages).toEqual([expect.stringContaining(`could be read: ${JOBS}`)]);
    const aside = /set aside as (\S+);/.exec(damages[0] ?? '')?.[1] ?? '';
    expect(readFileSync(join(folder, aside)).equals(damaged)).toBe(true);
  });

  it('in the middle of its jobs gives those before and after the damage', () => {
    fill();
    spoil(`SELECT pageno AS page FROM dbstat WHERE name = 'jobs' AND pagetype = 'leaf' ORDER BY path LIMIT 1 OFFSET 3`);
    const store = open();
    meetDamage(store);
    const kept = store.list('local', { limit: 1_000 }).records.map(({ id }) => id);
    expect(kept).toContain('job-0');
    expect(kept).toContain(`job-${JOBS - 1}`);
    expect(kept.length).toBeGreaterThan(JOBS / 2);
    expect(kept.length).toBeLessThan(JOBS);
  });

  it('and set aside by one process is left by the others, who go on with the jobs they hold', () => {
    fill();
    const [owner, other] = [open(), open()];
    owner.takeAccount('fake-account', 'fake', false);
    expect(owner.takeJobs('fake-account')).toHaveLength(JOBS);
    spoil(`SELECT rootpage AS page FROM sqlite_master WHERE name = 'jobs_by_key'`);
    meetDamage(other);
    other.get('job-0');
    expect(damages).toHaveLength(1);
    expect(owner.put({ ...record('job-0'), state: 'submitting' }, true)).toBe(true);
    expect(other.get('job-0')?.state).toBe('submitting');
    expect(owner.insert(record('later'), RULES)).toEqual({ outcome: 'inserted', isMine: true });
    expect(other.get('later')?.id).toBe('later');
  });
});
