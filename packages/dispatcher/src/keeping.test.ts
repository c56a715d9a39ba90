import { RenderError } from '@renderq/core';
import { describe, expect, it } from 'vitest';
import { codeOf, createBench } from './__fixtures__/dispatcher-bench.ts';
import { settle } from './__fixtures__/virtual-clock.ts';
import type { JobStore } from './job-store.ts';
import { createMemoryStore } from './memory-store.ts';

const full = new RenderError({ code: 'STORE_UNAVAILABLE', message: 'no space left' });

/** A store whose writes fail while it is `full`. */
function createFailingStore(): { readonly store: JobStore; isFull: boolean } {
  const inner = createMemoryStore();
  const outer = {
    isFull: false,
    store: {
      ...inner,
      insert: (...given: Parameters<JobStore['insert']>) => assured(() => inner.insert(...given)),
      put: (...given: Parameters<JobStore['put']>) => assured(() => inner.put(...given)),
    },
  };
  function assured<T>(task: () => T): T {
    if (outer.isFull) throw full;
    return task();
  }
  return outer;
}

function setUp() {
  const bench = createBench();
  const failing = createFailingStore();
  bench.reopen({ store: failing.store, pause: (ms, signal) => bench.clock.sleep(ms, signal).catch(() => undefined) });
  return { bench, failing };
}

describe('a store that cannot write', () => {
  it('accepts nothing, and says so', async () => {
    const { bench, failing } = setUp();
    failing.isFull = true;
    expect(await codeOf(bench.submit())).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await settle();
    expect(bench.fake.submits).toHaveLength(0);
  });

  it('keeps a job from being sent that it could not mark, until it can', async () => {
    const { bench, failing } = setUp();
    const sent: string[] = [];
    const whole = bench.fake.onSubmit;
    bench.fake.onSubmit = async (id, options) => {
      // Accepted a moment ago; the disk has filled up since.
      failing.isFull = sent.length === 0 && bench.fake.submits.length === 1;
      const answer = await whole(id, options);
      sent.push(id);
      return answer;
    };
    const { id } = await bench.submit();
    await settle();
    expect(sent).toEqual([]);
    expect(await bench.dispatcher.get(id)).toMatchObject({
      state: 'queued',
      queue: { reason: 'retry', error: { code: 'STORE_UNAVAILABLE' } },
    });
    failing.isFull = false;
    await bench.clock.advance(5000);
    expect(sent).toEqual(['remote-2']);
    expect((await bench.dispatcher.get(id)).providerJobId).toBe('remote-2');
  });

  it('loses no result: it is shown at once, and written when there is room', async () => {
    const { bench, failing } = setUp();
    const { id } = await bench.submit();
    await settle();
    failing.isFull = true;
    bench.fake.move('remote-1', { state: 'succeeded', providerState: 'done' });
    expect((await bench.dispatcher.get(id)).state).toBe('succeeded');
    expect(failing.store.get(id)?.state).not.toBe('succeeded');
    expect(bench.faults).toContain(full);
    await bench.clock.advance(1000);
    expect(failing.store.get(id)?.state).not.toBe('succeeded');
    failing.isFull = false;
    await bench.clock.advance(1000);
    expect(failing.store.get(id)?.state).toBe('succeeded');
    expect(bench.clock.sleepers).toBe(0);
  });
});
