import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { JobRecord } from '../job-record.ts';
import type { JobStore } from '../job-store.ts';
import { createSqliteStore } from '../sqlite-store.ts';

export const RULES = { repeatsSince: 1, maxOpen: 10_000 };

export const queuedRecord = (id: string): JobRecord => ({
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

/** A folder of its own for each test of a file, and stores over it that are closed when the test has ended. */
export function useStoreFolder(): { readonly folder: string; open(): JobStore } {
  let folder = '';
  let opened: JobStore[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'renderq-database-'));
    opened = [];
  });
  afterEach(() => {
    for (const store of opened) store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    get folder() {
      return folder;
    },
    open() {
      const store = createSqliteStore({ folder });
      opened.push(store);
      return store;
    },
  };
}
