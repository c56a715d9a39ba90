import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { findBrowser } from './find-browser.ts';

const folder = mkdtempSync(join(tmpdir(), 'renderq-browser-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('a browser is the one that is named, else the first on the PATH that can be run', () => {
  const onPath = join(folder, 'chromium-browser');
  const named = join(folder, 'my-own');
  for (const path of [onPath, named]) writeFileSync(path, '');
  const env = { PATH: ['/nowhere', folder].join(delimiter), CHROMIUM_PATH: named };
  chmodSync(named, 0o755);
  expect(findBrowser(env)).toBe(named);
  chmodSync(named, 0o644);
  chmodSync(onPath, 0o755);
  expect(findBrowser(env)).toBe(onPath);
});
