import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

/** A folder and the stores over it, for the tests of a file: `begin` before each, `end` after it. */
export function createStoreFolder() {
  let folder = '';
  let opened: JobStore[] = [];
  return {
    get folder(): string {
      return folder;
    },
    begin(): void {
      folder = mkdtempSync(join(tmpdir(), 'renderq-database-'));
      opened = [];
    },
    open(): JobStore {
      const store = createSqliteStore({ folder });
      opened.push(store);
      return store;
    },
    end(): void {
      for (const store of opened) store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
