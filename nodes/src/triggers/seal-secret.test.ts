import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openSecret, sealSecret } from './seal-secret.ts';

describe('a sealed secret', () => {
  it('is opened by the key that sealed it, after being written down, and by no other', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (secret, key, other) => {
        fc.pre(key !== other);
        const written = JSON.parse(JSON.stringify(sealSecret(secret, key))) as unknown;
        expect(openSecret(written, key)).toBe(secret);
        expect(openSecret(written, other)).toBeUndefined();
      }),
      { numRuns: 50 },
    );
  });

  it('does not show what it holds, and never looks the same twice', () => {
    const [one, two] = [sealSecret('whsec_abc', 'key'), sealSecret('whsec_abc', 'key')];
    expect(JSON.stringify(one)).not.toContain('whsec');
    expect(one.text).not.toBe(two.text);
  });

  it('cannot be changed unnoticed', () => {
    const sealed = sealSecret('whsec_abc', 'key');
    const flip = (hex: string) => `${hex.startsWith('0') ? '1' : '0'}${hex.slice(1)}`;
    for (const field of ['salt', 'text', 'tag'] as const) {
      expect(openSecret({ ...sealed, [field]: flip(sealed[field]) }, 'key')).toBeUndefined();
    }
  });

  it.each([undefined, null, 'text', {}, { salt: 'a', text: 'zz', tag: '' }, { salt: 1, text: 2, tag: 3 }])(
    'is not found in %j',
    (value) => expect(openSecret(value, 'key')).toBeUndefined(),
  );
});
