import { createCanvas } from '@napi-rs/canvas';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPictureSize } from './picture-size.ts';

const SIZE = { width: 321, height: 123 };
const canvas = createCanvas(SIZE.width, SIZE.height);

describe('readPictureSize', () => {
  it('reads what a real encoder wrote', () => {
    expect(readPictureSize(canvas.encodeSync('png'), 'png')).toEqual(SIZE);
    expect(readPictureSize(canvas.encodeSync('jpeg', 80), 'jpeg')).toEqual(SIZE);
    expect(readPictureSize(canvas.encodeSync('webp', 80), 'webp')).toEqual(SIZE);
    expect(readPictureSize(canvas.encodeSync('webp', 100), 'webp')).toEqual(SIZE);
  });

  it.each([
    [
      'VP8X',
      Buffer.concat([
        Buffer.from('RIFF\0\0\0\0WEBPVP8X\n\0\0\0\0\0\0\0', 'latin1'),
        Buffer.from([64, 1, 0, 122, 0, 0]),
      ]),
    ],
    [
      'VP8L',
      Buffer.concat([Buffer.from('RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f', 'latin1'), Buffer.from([0x40, 0x81, 0x1e, 0])]),
    ],
  ])('reads the size of WebP with a %s header', (_, bytes) => {
    expect(readPictureSize(bytes, 'webp')).toEqual(SIZE);
  });

  it('knows no size of broken or cut off headers, and never throws', () => {
    const kind = fc.constantFrom('png', 'jpeg', 'webp', 'mp4');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), kind, (bytes, name) => {
        expect(() => readPictureSize(Buffer.from(bytes), name as 'png')).not.toThrow();
      }),
    );
    expect(readPictureSize(Buffer.from([0xff, 0xd8, 0xff, 0xda, 0, 2]), 'jpeg')).toBeUndefined();
  });
});
