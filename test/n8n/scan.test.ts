import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { cachedInstall } from '@renderq/toolchain/cached-install';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { NODES_FOLDER, packNodes } from './harness/package-tarball.ts';

interface Verdict {
  readonly passed: boolean;
  readonly message?: string;
  readonly details?: string;
}

/** What `@n8n/scan-community-package` exports; its command line takes published packages only. */
interface Scanner {
  analyzePackage(folder: string, patterns?: readonly string[]): Promise<Verdict>;
  readonly SOURCE_FILE_PATTERNS: readonly string[];
}

let scanner: Scanner;
let work: string;
let unpacked: string;

beforeAll(async () => {
  // Its rules take every file for a trigger called Test while NODE_ENV says "test".
  vi.stubEnv('NODE_ENV', 'production');
  work = await mkdtemp(join(tmpdir(), 'renderq-scan-'));
  const tools = await cachedInstall(new URL('./scan/', import.meta.url));
  const entry = createRequire(join(tools, 'package.json')).resolve('@n8n/scan-community-package/scanner/scanner.mjs');
  scanner = (await import(pathToFileURL(entry).href)) as Scanner;
  await promisify(execFile)('tar', ['-xzf', await packNodes(work), '-C', work]);
  unpacked = join(work, 'package');
}, 300_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(work, { recursive: true, force: true });
});

describe("n8n's scan of community packages", () => {
  it('finds nothing in the sources', async () => {
    const verdict = await scanner.analyzePackage(NODES_FOLDER, scanner.SOURCE_FILE_PATTERNS);
    expect(verdict.details ?? verdict.message ?? '').toBe('');
    expect(verdict.passed).toBe(true);
  });

  it('finds nothing in the packed tarball', async () => {
    const verdict = await scanner.analyzePackage(unpacked, ['**/*.js', 'package.json']);
    expect(verdict.details ?? verdict.message ?? '').toBe('');
    expect(verdict.passed).toBe(true);
  });

  it('would find what it forbids: a timer in the bundle, a runtime dependency', async () => {
    const spoiled = join(work, 'spoiled');
    await cp(unpacked, spoiled, { recursive: true });
    await mkdir(join(spoiled, 'dist'), { recursive: true });
    await writeFile(join(spoiled, 'dist', 'late.js'), 'setTimeout(() => {}, 1);\n');
    const manifest = JSON.parse(await readFile(join(spoiled, 'package.json'), 'utf8'));
    await writeFile(join(spoiled, 'package.json'), JSON.stringify({ ...manifest, dependencies: { got: '1.0.0' } }));
    const { passed, details } = await scanner.analyzePackage(spoiled, ['**/*.js', 'package.json']);
    expect(passed).toBe(false);
    expect(details).toContain('no-restricted-globals');
    expect(details).toContain('no-runtime-dependencies');
  });
});

describe('the packed tarball', () => {
  it('ships every node, credential and icon that it names, and needs nothing beside n8n', async () => {
    const manifest = JSON.parse(await readFile(join(unpacked, 'package.json'), 'utf8')) as {
      n8n: { nodes: string[]; credentials: string[] };
      dependencies?: object;
      peerDependencies: object;
    };
    expect(manifest.dependencies ?? {}).toEqual({});
    expect(manifest.peerDependencies).toEqual({ 'n8n-workflow': '*' });
    const named = [...manifest.n8n.nodes, ...manifest.n8n.credentials];
    expect(named.length).toBeGreaterThanOrEqual(6);
    for (const path of named) {
      const text = await readFile(join(unpacked, path), 'utf8');
      expect(text).toMatch(/exports\.\w+ = \w+;/);
      for (const [, icon] of text.matchAll(/file:([^"']+\.svg)/g))
        await readFile(join(unpacked, path, '..', icon ?? ''), 'utf8');
    }
  });
});
