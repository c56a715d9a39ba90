import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { renderErrorDocs } from './error-docs.ts';

it('docs/error-codes.md says what the tables say (npm run docs writes it)', () => {
  const page = readFileSync(new URL('../../docs/error-codes.md', import.meta.url), 'utf8');
  expect(page).toBe(renderErrorDocs());
});
