import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { byteStream } from './byte-stream.ts';

async function* bytes(count: number, note: { made: number; isClosed: boolean }): AsyncGenerator<Uint8Array> {
  try {
    for (; note.made < count; note.made += 1) yield new Uint8Array(1024).fill(note.made % 256);
  } finally {
    note.isClosed = true;
  }
}

it('is a Node stream with the bytes in their order', async () => {
  const stream = byteStream(bytes(5, { made: 0, isClosed: false }));
  expect(stream).toBeInstanceOf(Readable);
  const whole = await buffer(stream);
  expect([whole.length, whole[0], whole[4096]]).toEqual([5120, 0, 4]);
});

it('makes bytes as they are taken, and closes their source when it is given up', async () => {
  const note = { made: 0, isClosed: false };
  const stream = byteStream(bytes(10_000, note));
  for await (const _chunk of stream) break;
  expect(note.made).toBeLessThan(64);
  await expect.poll(() => note.isClosed).toBe(true);
});

it('fails as its source does', async () => {
  const broken = new Error('the disk is gone');
  const source = (async function* () {
    yield new Uint8Array(1);
    throw broken;
  })();
  await expect(buffer(byteStream(source))).rejects.toBe(broken);
});
