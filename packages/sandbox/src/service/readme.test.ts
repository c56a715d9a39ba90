import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { FLAGS } from '../cli-flags.ts';
import { MOVIE_SCHEMA, TRANSITIONS } from '../movie/schema.ts';
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

it.each(Object.keys(FLAGS))('the README explains the option --%s', (flag) => {
  expect(page).toMatch(new RegExp(`^\\|.*\`--${flag}[ \`]`, 'm'));
});

const { properties, definitions } = MOVIE_SCHEMA;
const localKeys = [properties, definitions.scene.properties, definitions.element.properties].flatMap((part) =>
  Object.entries(part).flatMap(([key, rule]) => ('x-local-extension' in rule ? [key] : [])),
);

it.each(localKeys)('the README lists the local extension %s', (key) => {
  const table = page.split('\n').filter((line) => /^\| (?:element|image|text|scene|movie)/.test(line));
  expect(table.join('\n')).toContain(`\`${key}\``);
});

it('the README counts the changes of scene', () => {
  expect(page).toContain(`one of ${TRANSITIONS.length} changes`);
});
