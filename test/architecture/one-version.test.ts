import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const manifests = globSync(
  ['package.json', 'packages/*/package.json', 'mcp-server/package.json', 'nodes/package.json', 'test/package.json'],
  {
    cwd: root,
  },
);
const FIELDS = ['dependencies', 'devDependencies', 'optionalDependencies'];

it('every dependency takes its one version from the catalog or the workspace', () => {
  const strays = manifests.flatMap((path) => {
    const manifest = JSON.parse(readFileSync(new URL(path, `file://${root}`), 'utf8'));
    return FIELDS.flatMap((field) =>
      Object.entries<string>(manifest[field] ?? {})
        .filter(([, range]) => range !== 'catalog:' && range !== 'workspace:*')
        .map(([name, range]) => `${path}: ${name} ${range}`),
    );
  });
  expect(strays).toEqual([]);
});
