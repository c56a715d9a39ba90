import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { createHarness } from './__fixtures__/harness.ts';
import { TRANSPORT_FAULTS, WEBHOOK_FAULTS } from './fault-rule.ts';

const page = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

it.each([...TRANSPORT_FAULTS, ...WEBHOOK_FAULTS])('the README explains the fault %s', (word) => {
  expect(page).toContain(`\`${word}\``);
});

it('the README lists every route of the control plane', async () => {
  const harness = await createHarness();
  try {
    const { routes } = (await harness.control('')).json as { readonly routes: readonly string[] };
    for (const route of routes) {
      const [, path = ''] = /\/_sandbox(\/[\w/{}]*)/.exec(route) ?? [];
      expect(page).toContain(path);
    }
  } finally {
    await harness.close();
  }
});
