import { describe, expect, it } from 'vitest';
import { readText } from './read-text.ts';

const post = (body: string | ReadableStream<Uint8Array>, headers: Record<string, string> = {}) =>
  new Request('http://sandbox.test/', {
    method: 'POST',
    body,
    headers,
    ...(typeof body === 'string' ? {} : { duplex: 'half' }),
  });

function stream(...chunks: readonly Uint8Array[]) {
  const state = { pulled: 0 };
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const chunk = chunks[state.pulled];
        state.pulled += 1;
        if (chunk) controller.enqueue(chunk);
        else controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  return { body, state };
}

describe('reading a body', () => {
  it('puts characters together that were split between two chunks', async () => {
    const bytes = Buffer.from('{"text":"é€😀"}');
    for (let cut = 1; cut < bytes.length; cut += 1) {
      const { body } = stream(bytes.subarray(0, cut), bytes.subarray(cut));
      expect(await readText(post(body), 100)).toBe('{"text":"é€😀"}');
    }
  });

  it('refuses a declared length without reading, and an undeclared one as soon as it is passed', async () => {
    const declared = stream(new Uint8Array(4));
    expect(await readText(post(declared.body, { 'content-length': '101' }), 100)).toBeUndefined();
    expect(declared.state.pulled).toBe(0);
    const endless = stream(...Array.from({ length: 50 }, () => new Uint8Array(60)));
    expect(await readText(post(endless.body), 100)).toBeUndefined();
    expect(endless.state.pulled).toBe(2);
  });

  it('takes a body of exactly the limit, and none at all', async () => {
    expect(await readText(post('x'.repeat(100)), 100)).toHaveLength(100);
    expect(await readText(new Request('http://sandbox.test/'), 100)).toBe('');
  });
});
