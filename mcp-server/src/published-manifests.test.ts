import { readFileSync } from 'node:fs';
import { listProviders } from '@renderq/core';
import { expect, it } from 'vitest';
import { registryEntry } from './__fixtures__/registry-entry.ts';
import { createBench } from './__fixtures__/test-bench.ts';
import { readCliOptions } from './cli-options.ts';
import { readVersion } from './version.ts';

const read = (name: string) => JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), 'utf8'));
const npm = read('package.json');
const registry = read('server.json');
const bundle = read('manifest.json');

it('is of one version wherever it is published', () => {
  const { packages } = registryEntry.parse(registry);
  const versions = [npm.version, registry.version, bundle.version, ...packages.map(({ version }) => version)];
  expect(new Set(versions)).toEqual(new Set([readVersion()]));
});

it('is found by one name: the registry asks the npm package whether it is the one', () => {
  expect(npm.mcpName).toBe(registry.name);
  for (const { identifier } of registry.packages) expect(identifier).toBe(npm.name);
  expect(npm.private).toBeUndefined();
  // With one command only, npx needs no name of it.
  expect(Object.keys(npm.bin)).toEqual(['renderq-mcp']);
});

it('is described alike, and by links to the same places', () => {
  expect(bundle.description).toBe(registry.description);
  expect([npm.homepage, bundle.homepage]).toEqual([registry.websiteUrl, registry.websiteUrl]);
  expect([bundle.repository.url, npm.repository.url]).toEqual([
    registry.repository.url,
    `git+${registry.repository.url}.git`,
  ]);
  expect(npm.repository.directory).toBe(registry.repository.subfolder);
});

it('offers the accounts of every provider, and marks every secret as one', () => {
  const keys = listProviders().map(({ env }) => env.apiKey);
  for (const { environmentVariables } of registryEntry.parse(registry).packages) {
    const secrets = environmentVariables.filter(({ isSecret }) => isSecret).map(({ name }) => name);
    expect(secrets).toEqual(expect.arrayContaining(keys));
    expect(environmentVariables.filter(({ name }) => /KEY|TOKEN/.test(name)).map(({ name }) => name)).toEqual(secrets);
    // Nothing is required: the server starts on the sandbox.
    expect(environmentVariables.some(({ isRequired }) => isRequired)).toBe(false);
  }
  for (const key of keys) {
    const [, setting] = /^\$\{user_config\.(\w+)\}$/.exec(bundle.server.mcp_config.env[key]) ?? [];
    expect(bundle.user_config[setting ?? '']).toMatchObject({ sensitive: true, required: false });
  }
});

it('is started by arguments that its command line knows', () => {
  for (const { packageArguments = [] } of registryEntry.parse(registry).packages) {
    const args = packageArguments.map(({ name, value }) => (value === undefined ? name : `${name}=${value}`));
    expect(readCliOptions(args, '1').run).toMatch(/^(stdio|http)$/);
  }
});

it('names its tools in the bundle as it lists them', async () => {
  const bench = await createBench();
  const { tools } = await bench.client.listTools();
  expect(bundle.tools.map(({ name }: { name: string }) => name)).toEqual(tools.map(({ name }) => name));
  await bench.close();
});
