import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keepSecret, withoutKnownSecrets, withoutSecret } from './known-secrets.ts';

/** Any key that can travel in a header (see checkApiKey), between two letters. */
const keys = fc
  .string({
    unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
    minLength: 16,
    maxLength: 80,
  })
  .filter((key) => (key.match(/[a-z0-9]/gi) ?? []).length >= 10 && !/[%\\&]/.test(key))
  .map((key) => `k${key}7`);

const hex = (code: number, width: number) => code.toString(16).padStart(width, '0');
const eachChar = (text: string, write: (char: string) => string) => Array.from(text, write).join('');
const base64 = (text: string) => Buffer.from(text, 'latin1').toString('base64');

/** What may become of a key on its way into a text. */
const ENCODINGS: Readonly<Record<string, (key: string) => string>> = {
  'as it is': (key) => key,
  'in a URL': encodeURIComponent,
  'every character of it as in a URL': (key) => eachChar(key, (char) => `%${hex(char.charCodeAt(0), 2)}`),
  'as in the URL of a URL': (key) => encodeURIComponent(encodeURIComponent(key)),
  'as JSON': (key) => JSON.stringify(key).slice(1, -1),
  'with JSON escapes': (key) => eachChar(key, (char) => `\\u${hex(char.charCodeAt(0), 4).toUpperCase()}`),
  'as JSON inside JSON': (key) => eachChar(key, (char) => `\\\\u${hex(char.charCodeAt(0), 4)}`),
  'with JSON escapes in a URL': (key) =>
    encodeURIComponent(eachChar(key, (char) => `\\u${hex(char.charCodeAt(0), 4)}`)),
  'with one JSON escape': (key) => `${key.slice(0, 5)}\\u${hex(key.charCodeAt(5), 4)}${key.slice(6)}`,
  'with C escapes': (key) => eachChar(key, (char) => `\\x${hex(char.charCodeAt(0), 2)}`),
  'as HTML': (key) => eachChar(key, (char) => (/\w/.test(char) ? char : `&#${char.charCodeAt(0)};`)),
  'as HTML in hex': (key) => eachChar(key, (char) => `&#x${hex(char.charCodeAt(0), 2)};`),
  'with zero width spaces': (key) => eachChar(key, (char) => `\u200b${char}`),
  'with one word joiner': (key) => `${key.slice(0, 7)}\u2060${key.slice(7)}`,
  'with soft hyphens and variation selectors': (key) => eachChar(key, (char) => `${char}\u00ad\ufe0f`),
  'broken over lines': (key) => `${key.slice(0, 6)}\r\n  ${key.slice(6)}`,
  'broken by a line break in JSON': (key) => `${key.slice(0, 6)}\\n${key.slice(6)}`,
  'in upper case': (key) => key.toUpperCase(),
  'in base64': base64,
  'in base64 of basic authentication': (key) => base64(`${key}:`),
  'in base64 with a user name': (key) => base64(`user:${key}`),
  'in base64 of a header': (key) => base64(`Bearer ${key}`),
  'in base64url of something larger': (key) => Buffer.from(`{"key":"${key}"}`).toString('base64url'),
  'in base64 in a URL': (key) => encodeURIComponent(base64(key)),
  'in base64 of lines': (key) => base64(key).replaceAll(/.{20}/g, '$&\r\n'),
  'in hex': (key) => Buffer.from(key).toString('hex'),
  'as an inspected buffer': (key) => Buffer.from(key).toString('hex').replaceAll(/../g, '$& '),
  'as bytes in JSON': (key) => JSON.stringify([...Buffer.from(key)]),
};

const around = fc.string({ unit: fc.constantFrom(' ', '.', '(', ')', '"', '=', '/', 'ü', '\n', '😀'), maxLength: 12 });

describe.each(Object.entries(ENCODINGS))('a known key that stands in a text %s', (_name, encode) => {
  it('is found, whatever the key and whatever stands around it', () => {
    fc.assert(
      fc.property(keys, around, around, (key, before, after) => {
        keepSecret(key);
        const text = `${before}${encode(key)}${after}`;
        const clean = withoutKnownSecrets(text);
        expect(clean).toContain('[redacted]');
        expect(withoutSecret(text, key)).toContain('[redacted]');
        // All that may be left of it are the digits at its ends that other bytes have a share in.
        expect(clean.length).toBeLessThanOrEqual(before.length + after.length + '[redacted]'.length + 24);
      }),
      { numRuns: 60 },
    );
  });
});

describe('known keys', () => {
  it('leave every other text as it is', () => {
    keepSecret('rb_0123456789abcdef');
    for (const text of ['', 'no answer', 'rb_0123456789abcde', 'https://a.example/%20?x=\\u0041 &amp;', 'ünïcödé 😀']) {
      expect(withoutKnownSecrets(text)).toBe(text);
    }
  });

  it('leave what stands around them, letter by letter', () => {
    keepSecret('Fuzz/7+key.of=it');
    keepSecret('another-known-key');
    expect(withoutKnownSecrets('a%20Fuzz%2F7+key.of\u200b=it&amp;b another-known-key 😀')).toBe(
      'a%20[redacted]&amp;b [redacted] 😀',
    );
  });

  it('are found behind a backslash that would make a line break of their first letter', () => {
    keepSecret('northern-light-key');
    expect(withoutKnownSecrets('C:\\northern-light-key')).toBe('C:\\[redacted]');
  });

  it('are found among a thousand others, and by themselves for ever', () => {
    const first = 'first-key-of-all-0001';
    for (let index = 0; index < 3_000; index += 1) {
      keepSecret(first);
      keepSecret(`key-${index}-${index * 7_919}-of-many`);
    }
    expect(withoutKnownSecrets(`${first} key-2999-23749081-of-many`)).toBe('[redacted] [redacted]');
  });

  it('are not looked for where they are too short to be any', () => {
    keepSecret('test');
    expect(withoutKnownSecrets('test passed')).toBe('test passed');
    expect(withoutSecret('test passed', 'test')).toBe('test passed');
  });

  it('are found in a long text in no time', () => {
    keepSecret('rb_0123456789abcdef');
    const text = `${'%5C%5Cu0061'.repeat(500)}rb_0123456789abcdef`;
    const start = performance.now();
    expect(withoutKnownSecrets(text)).toContain('[redacted]');
    expect(performance.now() - start).toBeLessThan(200);
  });
});
