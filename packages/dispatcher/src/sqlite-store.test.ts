import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { RenderError } from '@renderq/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JobRecord } from './job-record.ts';
import type { InsertRules, JobStore } from './job-store.ts';
import { createSqliteStore, type SqliteStoreOptions } from './sqlite-store.ts';

const RULES: InsertRules = { repeatsSince: 1, maxOpen: 1_000_000 };
const ACCOUNT = 'fake-account';

const record = (id: string, more: Partial<JobRecord> = {}): JobRecord => ({
  id,
  principal: 'local',
  provider: 'fake',
  account: ACCOUNT,
  request: { of: id },
  fingerprint: id,
  providerKey: id,
  createdAt: 1,
  updatedAt: 1,
  state: 'queued',
  ...more,
});

let folder: string;
let opened: JobStore[];
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'renderq-sqlite-')), 'home');
  opened = [];
});
afterEach(() => {
  for (const store of opened) store.close();
  rmSync(join(folder, '..'), { recursive: true, force: true });
});

function open(options: Partial<SqliteStoreOptions> = {}): JobStore {
  const store = createSqliteStore({ folder, ...options });
  opened.push(store);
  return store;
}

function faultOf(task: () => unknown): RenderError['record'] | undefined {
  try {
    task();
    return undefined;
  } catch (fault) {
    if (RenderError.isInstance(fault)) return fault.record;
    throw fault;
  }
}

describe('a folder of jobs', () => {
  it('is not touched before it is used', () => {
    open();
    expect(existsSync(folder)).toBe(false);
  });

  it('of a newer renderq is refused and left as it is', () => {
    open().get('a');
    const db = new DatabaseSync(join(folder, 'jobs.sqlite'));
    db.exec('PRAGMA user_version = 99');
    db.close();
    const fault = faultOf(() => open().get('a'));
    expect(fault).toMatchObject({
      code: 'STORE_UNAVAILABLE',
      retryable: false,
      remedy: expect.stringContaining('Update'),
    });
    expect(readdirSync(folder).some((name) => name.includes('damaged'))).toBe(false);
  });

  it('whose file is no database is begun anew beside it, once, whoever comes first', () => {
    open().insert(record('a'), RULES);
    opened[0]?.close();
    writeFileSync(join(folder, 'jobs.sqlite'), 'not a database'.repeat(1000));
    const damages: string[] = [];
    const stores = [open({ onDamage: (fault) => damages.push(fault.message) }), open()];
    for (const store of stores) expect(store.get('a')).toBeUndefined();
    expect(damages).toEqual([expect.stringContaining('set aside')]);
    expect(readdirSync(folder).filter((name) => /damaged-[\dTZ-]+$/.test(name))).toHaveLength(1);
  });

  it('names no path in what it reports', () => {
    writeFileSync(join(folder, '..', 'file'), '');
    const fault = faultOf(() => createSqliteStore({ folder: join(folder, '..', 'file', 'home') }).get('a'));
    expect(fault).toMatchObject({ code: 'STORE_UNAVAILABLE', remedy: expect.stringContaining('RENDERQ_HOME') });
    expect(JSON.stringify(fault)).not.toContain(tmpdir());
  });
});

describe('the processes of a folder', () => {
  it('own an account one at a time, and inherit it from one that has ended', () => {
    const [first, second] = [open(), open()];
    expect(first.takeAccount(ACCOUNT, 'fake', false)).toBe(true);
    expect(second.takeAccount(ACCOUNT, 'fake', false)).toBe(false);
    first.insert(record('a'), RULES);
    expect(second.insert(record('b'), RULES)).toEqual({ outcome: 'inserted', isMine: false });
    // Closed without handing anything back: as a process that was killed.
    first.close();
    expect(second.takeAccount(ACCOUNT, 'fake', false)).toBe(true);
    expect(second.takeJobs(ACCOUNT).map(({ id }) => id)).toEqual(['a', 'b']);
    expect(readdirSync(join(folder, 'instances')).filter((name) => name.endsWith('.lock'))).toHaveLength(1);
  });

  it('cannot change a job that another holds, nor mark it as sent', () => {
    const [first, second] = [open(), open()];
    first.takeAccount(ACCOUNT, 'fake', false);
    first.insert(record('a'), RULES);
    expect(second.put(record('a', { state: 'submitting' }), true)).toBe(false);
    expect(second.takeAccount(ACCOUNT, 'fake', true)).toBe(true);
    expect(second.takeJobs(ACCOUNT)).toHaveLength(1);
    expect(first.put(record('a', { state: 'submitting' }), true)).toBe(false);
    expect(first.beat(ACCOUNT)).toBe(false);
    expect(second.put(record('a', { state: 'submitting' }), true)).toBe(true);
  });

  it('leave a living one what it has on the wire, and take it when that has ended', () => {
    const [first, second] = [open(), open()];
    first.takeAccount(ACCOUNT, 'fake', false);
    for (const id of ['wire', 'queued']) first.insert(record(id), RULES);
    first.put(record('wire', { state: 'submitting' }), true);
    second.takeAccount(ACCOUNT, 'fake', true);
    expect(second.takeJobs(ACCOUNT).map(({ id }) => id)).toEqual(['queued']);
    first.close();
    expect(second.takeJobs(ACCOUNT).map(({ id }) => id)).toEqual(['wire']);
  });

  it('hear of what others have changed, once, and not of what they did themselves', () => {
    const [first, second] = [open(), open()];
    first.takeAccount(ACCOUNT, 'fake', false);
    first.news();
    second.news();
    const before = second.version();
    first.insert(record('a'), RULES);
    expect(second.version()).not.toBe(before);
    expect(second.news().map(({ record: { id } }) => id)).toEqual(['a']);
    expect(second.news()).toEqual([]);
    second.ask('a', 'cancel');
    expect(first.news()).toMatchObject([{ record: { id: 'a', cancelRequested: true }, asked: ['cancel'] }]);
  });
});

describe('what is kept', () => {
  const DAY = 86_400_000;

  function fill(store: JobStore, count: number, more: (at: number) => Partial<JobRecord>): void {
    store.takeAccount(ACCOUNT, 'fake', false);
    for (let at = 0; at < count; at += 1) {
      store.insert(record(`job-${at}`, more(at)), RULES);
      store.put(record(`job-${at}`, { state: 'succeeded', updatedAt: at * DAY }), false);
    }
  }

  it('is forgotten thirty days after its end, but never while it is open', () => {
    let now = 0;
    const store = open({ now: () => now });
    fill(store, 40, () => ({}));
    store.insert(record('open'), RULES);
    now = 60 * DAY;
    for (let at = 0; at < 100; at += 1) store.insert(record(`more-${at}`), RULES);
    expect(store.get('job-29')).toBeUndefined();
    expect(store.get('job-31')).toBeDefined();
    expect(store.get('open')).toBeDefined();
  });

  it('is at most so many finished jobs', () => {
    const store = open({ keepFinished: 10, now: () => 0 });
    fill(store, 130, () => ({}));
    const kept = store.list('local', { limit: 1000 }).records;
    expect(kept.length).toBeLessThan(60);
    expect(kept[0]?.id).toBe('job-129');
  });

  it('gives up the requests of old jobs when the file fills up, and keeps their results', () => {
    const request = { filler: 'x'.repeat(30_000) };
    const store = open({ maxBytes: 6_000_000, now: () => 0 });
    fill(store, 250, () => ({ request }));
    expect(store.list('local', { limit: 1000 }).records).toHaveLength(250);
    const db = new DatabaseSync(join(folder, 'jobs.sqlite'), { readOnly: true });
    const bare = db.prepare('SELECT count(*) AS n FROM jobs WHERE request IS NULL').get();
    db.close();
    expect(Number(bare?.n)).toBeGreaterThan(50);
  });
});
