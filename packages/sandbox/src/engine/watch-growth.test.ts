import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { watchGrowth } from './watch-growth.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watch-growth-'));
  await writeFile(join(folder, 'input'), 'x'.repeat(5_000));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('counts what many files add together, below the folder too, and not what stood there before', async () => {
  const onTooLarge = vi.fn();
  const watch = await watchGrowth(folder, 1_000, onTooLarge);
  await mkdir(join(folder, 'below'));
  await writeFile(join(folder, 'a'), 'x'.repeat(600));
  watch.look();
  await new Promise(setImmediate);
  expect(onTooLarge).not.toHaveBeenCalled();
  await writeFile(join(folder, 'below', 'b'), 'x'.repeat(600));
  await vi.waitFor(() => {
    watch.look();
    expect(onTooLarge).toHaveBeenCalled();
  });
});

it('measures a folder that is gone as empty', async () => {
  const onTooLarge = vi.fn();
  const watch = await watchGrowth(folder, 1_000, onTooLarge);
  await rm(folder, { recursive: true });
  watch.look();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(onTooLarge).not.toHaveBeenCalled();
});
