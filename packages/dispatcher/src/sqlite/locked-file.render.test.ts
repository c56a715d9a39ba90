import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JobRecord } from '../job-record.ts';
import type { JobStore } from '../job-store.ts';
import { createSqliteStore } from '../sqlite-store.ts';

const RULES = { repeatsSince: 1, maxOpen: 10_000 };

const record = (id: string): JobRecord => ({
  id,
  principal: 'local',
  provider: 'fake',
  account: 'fake-account',
  request: { of: id },
  fingerprint: id,
  providerKey: id,
  createdAt: 1,
  updatedAt: 1,
  state: 'queued',
});

let folder: string;
let opened: JobStore[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'renderq-database-'));
  opened = [];
});
afterEach(() => {
  for (const store of opened) store.close();
  rmSync(folder, { recursive: true, force: true });
});

function open(): JobStore {
  const store = createSqliteStore({ folder });
  opened.push(store);
  return store;
}

describe('a file that another process keeps locked', () => {
  it('is waited for once; until it is free again, calls fail at once instead of blocking everything else', () => {
    const store = open();
    store.insert(record('a'), RULES);
    const stopped = new DatabaseSync(join(folder, 'jobs.sqlite'));
    stopped.exec('BEGIN IMMEDIATE');
    expect(() => store.insert(record('b'), RULES)).toThrow('locked');
    const from = performance.now();
    for (let at = 0; at < 5; at += 1) expect(() => store.insert(record('b'), RULES)).toThrow('locked');
    expect(performance.now() - from).toBeLessThan(2_000);
    expect(store.get('a')?.id).toBe('a');
    stopped.exec('ROLLBACK');
    stopped.close();
    expect(store.insert(record('b'), RULES).outcome).toBe('inserted');
  });
});
