import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanText, withoutSecret } from './redact.ts';

describe('cleanText', () => {
  it.each([
    ['a Rendobar key', 'key rb_9f8e7d6c5b is revoked', '9f8e7d6c5b'],
    ['a PhantomFlow key', 'key ve_live_9f8e7d6c5b is revoked', '9f8e7d6c5b'],
    ['a bearer token', 'got Authorization: Bearer abc.def-ghi', 'abc.def'],
    ['a signed URL of Rendobar', 'see https://api.rendobar.com/dl/job_6f2a?token=t0ps3cret&x=1', 't0ps3cret'],
    ['a token in a path', 'see https://api.rendobar.com/v/job_6f2a/t0ps3cret9/out.mp4', 't0ps3cret9'],
    ['a presigned URL', 'GET https://b.s3.amazonaws.com/k?X-Amz-Credential=AKIA1&X-Amz-Signature=beef failed', 'beef'],
    ['a query of any name', 'GET https://b.example/k?anything=beefbeef failed', 'beefbeef'],
    ['credentials in a URL', 'GET https://bob:hunter22@b.example/k failed', 'hunter22'],
    ['a parameter on its own', 'called with token=beefbeef&x=1', 'beefbeef'],
    ['a header on its own', 'x-api-key: beefbeef was refused', 'beefbeef'],
    ['a webhook secret', 'signed with whsec_abcdef123', 'abcdef123'],
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
    ]) {
      expect(cleanText(text, 500)).toBe(text);
    }
  });

  it('hides a secret that the bound would have cut in two', () => {
    const text = `${'a'.repeat(90)} https://b.example/k?sig=${'s'.repeat(100)}`;
    expect(cleanText(text, 120)).not.toContain('ssss');
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
