import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mediaTypeOf, readRange, sendFile } from './send-file.ts';

describe('byte ranges', () => {
  it.each([
    ['bytes=0-3', { start: 0, end: 3 }],
    ['bytes=5-', { start: 5, end: 9 }],
    ['bytes=-4', { start: 6, end: 9 }],
    ['bytes=-40', { start: 0, end: 9 }],
    ['bytes=8-400', { start: 8, end: 9 }],
    ['bytes=10-', null],
    ['bytes=-0', null],
    ['bytes=-', undefined],
    ['bytes=0-1,4-5', undefined],
    ['items=0-1', undefined],
    [undefined, undefined],
  ])('reads %s of ten bytes', (header, expected) => {
    expect(readRange(header, 10)).toEqual(expected);
  });

  it('never leaves the file', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(1000), fc.nat(2000), fc.nat(2000), (noise, size, from, to) => {
        for (const header of [noise, `bytes=${from}-${to}`, `bytes=${from}-`, `bytes=-${to}`]) {
          const range = readRange(header, size);
          if (!range) continue;
          expect(range.start).toBeGreaterThanOrEqual(0);
          expect(range.end).toBeLessThan(size);
          expect(range.start).toBeLessThanOrEqual(range.end);
        }
      }),
    );
  });
});

describe('media types', () => {
  it('knows a type by its ending and takes anything else for bytes', () => {
    expect(mediaTypeOf('out.MP4')).toBe('video/mp4');
    expect(mediaTypeOf('page.html')).toBe('application/octet-stream');
  });
});

describe('the headers of a stranger’s file', () => {
  async function headersOf(contentType?: string, name = 'clip.mp4') {
    const path = fileURLToPath(import.meta.url);
    const answer = await sendFile(path, name, new Request('http://sandbox.test/'), contentType);
    await answer?.body?.cancel();
    return (header: string) => answer?.headers.get(header) ?? '';
  }

  it.each([undefined, 'video/mp4', 'audio/ogg; codecs=opus', 'image/png', 'IMAGE/JPEG'])(
    'let a browser play or show %s where it stands, without a script',
    async (type) => {
      const header = await headersOf(type);
      expect(header('content-disposition')).toMatch(/^inline;/);
      expect(header('content-security-policy')).toMatch(
        /^sandbox allow-same-origin; default-src 'none'; .*media-src 'self'/,
      );
      expect(header('content-security-policy')).not.toMatch(/script/);
      expect(header('x-content-type-options')).toBe('nosniff');
    },
  );

  it.each([
    'text/html',
    'text/html; charset=utf-8',
    'image/svg+xml',
    'application/xhtml+xml',
    'video/x+xml',
    'application/pdf',
    'text/javascript',
    // Of several types the last one counts in a browser.
    'video/mp4, text/html',
    'video/mp4; a=1, text/html',
    'image/png;\r\ncontent-type: text/html',
    'nonsense',
  ])('make %j a download that may do nothing', async (type) => {
    const header = await headersOf(type);
    expect(header('content-disposition')).toMatch(/^attachment;/);
    expect(header('content-security-policy')).toBe("sandbox; default-src 'none'");
    expect(header('x-content-type-options')).toBe('nosniff');
  });

  it('make no type out of one that a header cannot hold', async () => {
    expect((await headersOf('video/mp4\n'))('content-type')).toBe('application/octet-stream');
    expect((await headersOf('text/hä'))('content-type')).toBe('application/octet-stream');
  });
});
