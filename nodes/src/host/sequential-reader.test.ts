import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sequentialReader } from './sequential-reader.ts';

function fileOf(size: number, chunk: number) {
  const content = Uint8Array.from({ length: size }, (_, at) => at % 251);
  const opened: Readable[] = [];
  const open = async () => {
    const chunks = Array.from({ length: Math.ceil(size / chunk) }, (_, at) =>
      content.slice(at * chunk, (at + 1) * chunk),
    );
    const stream = Readable.from(chunks);
    opened.push(stream);
    return stream;
  };
  return { content, opened, reader: sequentialReader(open) };
}

async function all(bytes: AsyncIterable<Uint8Array>): Promise<number[]> {
  const whole: number[] = [];
  for await (const chunk of bytes) whole.push(...chunk);
  return whole;
}

describe('reading ranges of a file that has only a beginning', () => {
  it('gives exactly the bytes of any ranges, in any order', async () => {
    const range = fc.tuple(fc.nat(300), fc.nat(300)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
    await fc.assert(
      fc.asyncProperty(fc.array(range, { maxLength: 8 }), fc.integer({ min: 1, max: 97 }), async (ranges, chunk) => {
        const { content, reader } = fileOf(300, chunk);
        for (const [start, end] of ranges) {
          expect(await all(reader.read(start, end))).toEqual([...content.slice(start, end)]);
        }
      }),
    );
  });

  it('opens the file once for parts in order, and again for one that is repeated', async () => {
    const { opened, reader } = fileOf(300, 64);
    for (const start of [0, 100, 200]) await all(reader.read(start, start + 100));
    expect(opened).toHaveLength(1);
    await all(reader.read(100, 200));
    expect(opened).toHaveLength(2);
  });

  it('serves ranges side by side', async () => {
    const { content, reader } = fileOf(300, 50);
    const parts = await Promise.all([reader.read(0, 150), reader.read(150, 300)].map(all));
    expect(parts.flat()).toEqual([...content]);
  });

  it('gives back its streams: that of a range that is left early, and the one kept for the next', async () => {
    const { opened, reader } = fileOf(300, 10);
    for await (const _chunk of reader.read(0, 300)) break;
    expect(opened[0]?.destroyed).toBe(true);
    await all(reader.read(0, 20));
    expect(opened[1]?.destroyed).toBe(false);
    reader.close();
    expect(opened[1]?.destroyed).toBe(true);
  });

  it('tells of a file that is shorter than it was said to be', async () => {
    const { reader } = fileOf(30, 10);
    await expect(all(reader.read(0, 40))).rejects.toThrow('The file ended after 30 bytes.');
  });
});
