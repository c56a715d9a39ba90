// Writes docs/sandbox-fidelity.md from the behaviours of test/contract. A test holds the page equal to them.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './process.mjs';

const { renderFidelityDocs } = await import(new URL('../../test/docs/fidelity-docs.ts', import.meta.url));
writeFileSync(join(root, 'docs', 'sandbox-fidelity.md'), renderFidelityDocs());
