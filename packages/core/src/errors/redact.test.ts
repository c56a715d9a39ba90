import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keepSecret } from './known-secrets.ts';
import { cleanText, withoutSecret } from './redact.ts';

/** Characters of a text that are looked at, for an error of so many. */
const bound = (maxLength: number) => maxLength * 4 + 1024;

describe('cleanText', () => {
  it.each([
    ['a Rendobar key', 'key rb_9f8e7d6c5b is revoked', '9f8e7d6c5b'],
    ['a PhantomFlow key', 'key ve_live_9f8e7d6c5b is revoked', '9f8e7d6c5b'],
    ['a bearer token', 'got Authorization: Bearer abc.def-ghi', 'abc.def'],
    ['a token of no scheme', 'sent authorization=beefbeef to the host', 'beefbeef'],
    ['a signed URL of Rendobar', 'see https://api.rendobar.com/dl/job_6f2a?token=t0ps3cret&x=1', 't0ps3cret'],
    ['a token in a path', 'see https://api.rendobar.com/v/job_6f2a/t0ps3cret9/out.mp4', 't0ps3cret9'],
    ['a presigned URL', 'GET https://b.s3.amazonaws.com/k?X-Amz-Credential=AKIA1&X-Amz-Signature=beef failed', 'beef'],
    ['a query of any name', 'GET https://b.example/k?anything=beefbeef failed', 'beefbeef'],
    ['credentials in a URL', 'GET https://bob:hunter22@b.example/k failed', 'hunter22'],
    ['a parameter on its own', 'called with token=beefbeef&x=1', 'beefbeef'],
    ['a header on its own', 'x-api-key: beefbeef was refused', 'beefbeef'],
    ['a webhook secret', 'signed with whsec_abcdef123', 'abcdef123'],
    ['a key with something unseen inside', 'key rb_9f8e\u200b7d6c\u2060\u00ad5b is revoked', '6c5b'],
    ['a key with JSON escapes', 'key rb\\u005f9f8e\\u00377d6c5b is revoked', 'd6c5b'],
    ['a key as in a URL', 'key %72b_9f8e7d%25366c5b is revoked', '6c5b'],
    ['a key as in HTML', 'key rb&#95;9f8e7d&#x36;c5b is revoked', 'c5b'],
    ['a signed URL inside JSON', '{"url":"https:\\/\\/b.example\\/k?any=beefbeef"}', 'beefbeef'],
    ['a signed URL inside a URL', 'to /go/https%3A%2F%2Fb.example%2Fa%20b%2Fk%3Fany%3Dbeefbeef', 'beefbeef'],
    ['a signed URL of a bucket', 'read s3://bucket/key?any=beefbeef', 'beefbeef'],
    ['a token behind the hash', 'sent to https://b.example/cb#state=1&id_t=beefbeef', 'beefbeef'],
    ['a query without its host', 'GET /out.mp4?k=0123456789abcdef0123&v=1', '0123456789abcdef'],
  ])('hides %s', (_name, text, secret) => {
    const clean = cleanText(text, 500);
    expect(clean).not.toContain(secret);
    expect(clean).toContain('[redacted]');
  });

  it('keeps what is no secret', () => {
    for (const text of [
      'Expected number, received string',
      'scenes.0.duration',
      'https://cdn.example/a.mp4 answered 404',
      'It travels in the Authorization header as a bearer token.',
      'x264 [error]: malloc of size 33554432 failed',
      'see https://docs.example/errors#RATE_LIMITED',
      '100% of C:\\movies\\new.mp4 & co; 50%, 20%2',
      'नमस्ते 😀 ünïcödé',
    ]) {
      expect(cleanText(text, 500)).toBe(text);
    }
  });

  it('hides a secret that the bound would have cut in two', () => {
    const text = `${'a'.repeat(90)} https://b.example/k?sig=${'s'.repeat(100)}`;
    expect(cleanText(text, 120)).not.toContain('ssss');
  });

  it('hides a known key wherever the bound cuts it, whatever the rest shrinks to', () => {
    const key = 'a-known-key-without-a-shape';
    keepSecret(key);
    const shrinking = 'https://b.example/k?sig=0123456789 ';
    for (let at = 0; at < key.length; at += 1) {
      const before = shrinking.repeat(100).slice(0, bound(100) - at - 1);
      const clean = cleanText(`${before} ${key} tail`, 100);
      for (let from = 0; from + 6 <= key.length; from += 1) expect(clean).not.toContain(key.slice(from, from + 6));
    }
    expect(cleanText(`${'\u200b'.repeat(bound(100) - 8)}a-known-key-without-a-shape`, 100)).not.toContain('a-known');
    expect(cleanText('word '.repeat(1_000), 100)).toBe(`${'word '.repeat(19)}word…`);
  });

  it('leaves no control characters and keeps the bound, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.integer({ min: 1, max: 100 }), (text, max) => {
        const clean = cleanText(`\u001b[2J${text}\u202e`, max);
        expect(clean.length).toBeLessThanOrEqual(max);
        expect(clean).not.toMatch(/[\p{Cc}\u202e]/u);
      }),
    );
  });
});

describe('withoutSecret', () => {
  it('removes the literal secret everywhere, unless it is too short to be one', () => {
    expect(withoutSecret('a 12345678 b 12345678', '12345678')).toBe('a [redacted] b [redacted]');
    expect(withoutSecret('test passed', 'test')).toBe('test passed');
  });
});
