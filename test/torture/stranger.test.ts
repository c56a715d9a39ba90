import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startSandbox } from '@renderq/sandbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const { resolve: locate } = createRequire(import.meta.url);
const core = dirname(locate('@renderq/core/package.json'));
const tsc = fileURLToPath(new URL('../../node_modules/.bin/tsc', import.meta.url));

const TSCONFIG = {
  compilerOptions: {
    target: 'es2024',
    lib: ['es2024'],
    module: 'nodenext',
    types: ['node'],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    outDir: 'out',
  },
  include: ['example.ts'],
};

type Sandbox = Awaited<ReturnType<typeof startSandbox>>;
let sandbox: Sandbox;
let home: string;
let example: string;

/** A folder as a stranger's: the package installed, and the first example of its README in a file. */
beforeAll(async () => {
  [sandbox, home] = await Promise.all([startSandbox(), mkdtemp(join(tmpdir(), 'stranger-'))]);
  const readme = await readFile(join(core, 'README.md'), 'utf8');
  example = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  await mkdir(join(home, 'node_modules/@renderq'), { recursive: true });
  await mkdir(join(home, 'node_modules/@types'));
  await symlink(core, join(home, 'node_modules/@renderq/core'), 'dir');
  await cp(dirname(locate('@types/node/package.json')), join(home, 'node_modules/@types/node'), {
    recursive: true,
    dereference: true,
  });
  await cp(
    dirname(createRequire(locate('@types/node/package.json')).resolve('undici-types/package.json')),
    join(home, 'node_modules/undici-types'),
    { recursive: true, dereference: true },
  );
  await writeFile(join(home, 'package.json'), JSON.stringify({ type: 'module' }));
  await writeFile(join(home, 'tsconfig.json'), JSON.stringify(TSCONFIG));
  // The one thing that a reader does not write: here the account is the sandbox's.
  const local = example.replace("provider: 'phantomflow',", `$& baseUrl: '${sandbox.phantomflowUrl}',`);
  await writeFile(join(home, 'example.ts'), local);
});

afterAll(async () => {
  await sandbox.close();
  await rm(home, { recursive: true, force: true });
});

const start = (apiKey: string) =>
  run(process.execPath, ['out/example.js'], {
    cwd: home,
    env: { PATH: process.env.PATH, PHANTOMFLOW_API_KEY: apiKey },
  });

describe("the first example of core's README", () => {
  it('is a film in at most ten lines', () => {
    const lines = example.split('\n').filter((line) => line.trim() !== '');
    expect(lines.length).toBeGreaterThan(3);
    expect(lines.length).toBeLessThanOrEqual(10);
    expect(example).toContain("provider: 'phantomflow',");
  });

  it('compiles under the strictest flags against the types that are shipped', async () => {
    const outcome = await run(tsc, ['-p', home]).catch((error) => error);
    expect(`${outcome.stdout}${outcome.stderr}`).toBe('');
  });

  it('renders', async () => {
    const { stdout, stderr } = await start(sandbox.keys.phantomflow);
    expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\S+\n$/);
    expect(stderr).toBe('');
  });

  it('says what to do where the key is wrong, and ends by itself', async () => {
    const { stdout, stderr } = await start('ve_live_nobody_knows_this_key');
    expect(stdout).toBe('');
    expect(stderr).toMatch(/API key/);
    expect(stderr).not.toContain('nobody_knows_this_key');
  });
});
