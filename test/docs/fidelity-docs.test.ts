import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BEHAVIOURS } from '../contract/behaviours.ts';
import { renderFidelityDocs } from './fidelity-docs.ts';

describe('the fidelity table', () => {
  it('docs/sandbox-fidelity.md says what the behaviours say (npm run docs writes it)', () => {
    const page = readFileSync(new URL('../../docs/sandbox-fidelity.md', import.meta.url), 'utf8');
    expect(page).toBe(renderFidelityDocs());
  });

  it.each(Object.entries(BEHAVIOURS))(
    'says each thing about %s once, in one sentence, with its source',
    (_, claims) => {
      const sentences = claims.map(({ sentence }) => sentence);
      expect(new Set(sentences).size).toBe(sentences.length);
      for (const { sentence, source } of claims) {
        expect(sentence).toMatch(/^[A-Z].*\.$/);
        expect(source).toMatch(/\w/);
      }
    },
  );
});
