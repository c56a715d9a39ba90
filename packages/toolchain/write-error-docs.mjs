// Writes docs/error-codes.md from the tables of @renderq/core. A test holds the page equal to them.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './process.mjs';

const { renderErrorDocs } = await import(new URL('../../test/docs/error-docs.ts', import.meta.url));
writeFileSync(join(root, 'docs', 'error-codes.md'), renderErrorDocs());
