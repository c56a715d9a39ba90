import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

const MODULE = new URL('../../packages/toolchain/cached-install.mjs', import.meta.url).href;
let home: string;
let folder: string;

/** An npm that takes a moment, writes down that it was called and with which Node, and installs one file. */
const FAKE_NPM = `#!/bin/sh
echo "$* $(command -v node)" >> "$NPM_CALLS"
[ -e "$NPM_FAILS" ] && { echo 'npm error E404 no such thing' >&2; exit 1; }
mkdir node_modules && sleep 0.3 && echo done > node_modules/marker
`;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'renderq-cached-'));
  folder = join(home, 'tools');
  await mkdir(join(home, 'bin'));
  await mkdir(folder);
  await writeFile(join(home, 'bin', 'npm'), FAKE_NPM, { mode: 0o755 });
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: '@scope/tools', private: true }));
  await writeFile(join(folder, 'package-lock.json'), '{}');
});
afterEach(() => rm(home, { recursive: true, force: true }));

/** Runs cachedInstall in a process of its own; gives the folder, or what it died of. */
async function install(): Promise<{ folder: string; fault: string }> {
  const code = `const { cachedInstall } = await import(${JSON.stringify(MODULE)});
    process.stdout.write(await cachedInstall(${JSON.stringify(folder)}, { npmArgs: ['--omit=optional'] }));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    env: {
      PATH: `${join(home, 'bin')}${delimiter}${process.env.PATH}`,
      RENDERQ_CACHE: join(home, 'cache'),
      NPM_CALLS: join(home, 'calls'),
      NPM_FAILS: join(home, 'fails'),
    },
  });
  let [said, fault] = ['', ''];
  child.stdout.on('data', (text) => {
    said += text;
  });
  child.stderr.on('data', (text) => {
    fault += text;
  });
  await once(child, 'close');
  return { folder: said, fault };
}

const calls = async () => (await readFile(join(home, 'calls'), 'utf8')).trim().split('\n');

it('installs once for several that ask at the same time, with no install script and the Node of the project', async () => {
  const asked = await Promise.all([install(), install(), install()]);
  const [first] = asked;
  expect(asked.map((one) => one.folder)).toEqual([first?.folder, first?.folder, first?.folder]);
  expect(first?.folder).toMatch(/cache\/scope-tools-[0-9a-f]{12}$|cache\/-scope-tools-[0-9a-f]{12}$/);
  expect(await readdir(first?.folder ?? '')).toEqual(
    expect.arrayContaining(['node_modules', 'package-lock.json', 'package.json']),
  );
  expect(await calls()).toEqual([
    expect.stringMatching(/^install --ignore-scripts .*--omit=optional .*node_modules\/node\/bin\/node$/),
  ]);
  await install();
  expect(await calls()).toHaveLength(1);
  expect((await readdir(join(home, 'cache'))).filter((name) => /lease|partial/.test(name))).toEqual([]);
});

it('installs anew into another folder when the lock changes', async () => {
  const before = await install();
  await writeFile(join(folder, 'package-lock.json'), '{"lockfileVersion":3}');
  expect((await install()).folder).not.toBe(before.folder);
  expect(await calls()).toHaveLength(2);
});

it('gives nothing half installed, says what npm said, and tries again the next time', async () => {
  await writeFile(join(home, 'fails'), '');
  const failed = await install();
  expect(failed.folder).toBe('');
  expect(failed.fault).toContain('npm error E404 no such thing');
  await rm(join(home, 'fails'));
  const { folder: target } = await install();
  expect(await readFile(join(target, 'node_modules', 'marker'), 'utf8')).toBe('done\n');
});

it('takes over from a process that died in the middle, and waits for one that lives', async () => {
  const { folder: target } = await install();
  await rm(target, { recursive: true });
  await mkdir(`${target}.partial`);
  await mkdir(`${target}.lease`);
  const longAgo = new Date(Date.now() - 120_000);
  await utimes(`${target}.lease`, longAgo, longAgo);
  expect((await install()).folder).toBe(target);
  await expect(stat(`${target}.partial`)).rejects.toThrow('ENOENT');

  await rm(target, { recursive: true });
  await mkdir(`${target}.lease`);
  const waiting = install();
  expect(await Promise.race([waiting, new Promise((resolve) => setTimeout(resolve, 1_000, 'waits'))])).toBe('waits');
  await rm(`${target}.lease`, { recursive: true });
  expect((await waiting).folder).toBe(target);
});
