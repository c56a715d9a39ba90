import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createStoreFolder, queuedRecord, RULES } from '../__fixtures__/store-folder.ts';

const home = createStoreFolder();
beforeEach(home.begin);
afterEach(home.end);

describe('a file that another process keeps locked', () => {
  it('is waited for once; until it is free again, calls fail at once instead of blocking everything else', () => {
    const store = home.open();
    store.insert(queuedRecord('a'), RULES);
    const stopped = new DatabaseSync(join(home.folder, 'jobs.sqlite'));
    stopped.exec('BEGIN IMMEDIATE');
    expect(() => store.insert(queuedRecord('b'), RULES)).toThrow('locked');
    const from = performance.now();
    for (let at = 0; at < 5; at += 1) expect(() => store.insert(queuedRecord('b'), RULES)).toThrow('locked');
    expect(performance.now() - from).toBeLessThan(2_000);
    expect(store.get('a')?.id).toBe('a');
    stopped.exec('ROLLBACK');
    stopped.close();
    expect(store.insert(queuedRecord('b'), RULES).outcome).toBe('inserted');
  });
});
