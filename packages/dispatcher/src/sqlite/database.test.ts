import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createStoreFolder, queuedRecord, RULES } from '../__fixtures__/store-folder.ts';

const home = createStoreFolder();
beforeEach(home.begin);
afterEach(home.end);

describe('a folder that is removed while it is used', () => {
  it('is made again, so that what is accepted from then on is on disk for everybody', () => {
    const first = home.open();
    first.news();
    first.takeAccount('fake-account', 'fake', false);
    for (const id of ['a', 'b', 'c']) first.insert(queuedRecord(id), RULES);
    first.news();
    rmSync(home.folder, { recursive: true });
    first.insert(queuedRecord('later'), RULES);
    const second = home.open();
    expect(second.get('later')?.id).toBe('later');
    expect(second.get('a')).toBeUndefined();
    expect(first.takeAccount('fake-account', 'fake', false)).toBe(true);
    // Whoever comes later must see that it lives.
    expect(second.takeAccount('fake-account', 'fake', false)).toBe(false);
    first.news();
    second.insert(queuedRecord('news'), RULES);
    expect(first.news().map(({ record: { id } }) => id)).toEqual(['news']);
  });
});

describe('two stores of one process on one folder', () => {
  it.runIf(process.platform === 'linux')('keep their locks: opening the second takes none from the first', () => {
    const first = home.open();
    first.insert(queuedRecord('a'), RULES);
    const { ino } = statSync(join(home.folder, 'jobs.sqlite'));
    const locks = (): number =>
      readFileSync('/proc/locks', 'utf8')
        .split('\n')
        .filter((line) => line.includes(`:${ino} `) && line.includes(` ${process.pid} `)).length;
    expect(locks()).toBe(1);
    home.open().get('a');
    expect(locks()).toBe(1);
  });
});

describe('many changes at once', () => {
  it('are all told to the other processes at their next glance', () => {
    const [first, second] = [home.open(), home.open()];
    second.news();
    first.takeAccount('fake-account', 'fake', false);
    first.insert(queuedRecord('a'), RULES);
    const db = new DatabaseSync(join(home.folder, 'jobs.sqlite'));
    const columns = `principal, provider, account, state, is_open, is_in_doubt, forbids_repeat, provider_key, fingerprint,
      created_at, writer, body`;
    db.exec(`WITH RECURSIVE numbers (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM numbers WHERE n < 600)
      INSERT INTO jobs (id, change, ${columns}) SELECT 'job-' || n, n, ${columns} FROM numbers, jobs WHERE id = 'a';
      UPDATE counter SET change = 600`);
    db.close();
    expect(second.news()).toHaveLength(600);
    expect(second.news()).toEqual([]);
    expect(first.news()).toEqual([]);
  });
});

describe('word that is left twice', () => {
  it('is written once, however often a reader asks', () => {
    const [first, second] = [home.open(), home.open()];
    first.takeAccount('fake-account', 'fake', false);
    first.insert(queuedRecord('a'), RULES);
    first.news();
    second.ask('a', 'settle');
    expect(first.news()).toHaveLength(1);
    const before = first.version();
    second.ask('a', 'settle');
    expect(first.version()).toBe(before);
  });
});

describe('a process', () => {
  it('leaves one lock file and nothing half made', () => {
    home.open().takeAccount('fake-account', 'fake', false);
    expect(readdirSync(join(home.folder, 'instances'))).toEqual([expect.stringMatching(/^[0-9a-f]{16}\.lock$/)]);
  });
});
