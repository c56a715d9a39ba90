import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rejection } from '../testing/scripted-client.ts';
import { createVirtualClock } from '../testing/virtual-clock.ts';
import { createJobSlots } from './job-slots.ts';
import { keyFingerprint } from './key-fingerprint.ts';

const forever = { until: Number.POSITIVE_INFINITY };

function setSlots(capacity: number) {
  const clock = createVirtualClock();
  const slots = createJobSlots({ clock, provider: 'phantomflow', capacity, onDemand: () => undefined });
  return { clock, slots };
}

describe('job slots', () => {
  it('are granted first come first served as jobs end', async () => {
    const { clock, slots } = setSlots(1);
    const first = await slots.lease(forever);
    first.bind('a');
    const order: number[] = [];
    const waiting = [1, 2, 3].map(async (n) => {
      const slot = await slots.lease(forever);
      order.push(n);
      slot.bind(`job-${n}`);
    });
    await clock.advance(1_000);
    expect([order, slots.isWanted(), slots.heldJobs()]).toEqual([[], true, ['a']]);
    for (const ended of ['a', 'job-1', 'job-2']) {
      slots.ended(ended);
      await clock.advance(0);
    }
    await clock.run(Promise.all(waiting));
    expect([order, slots.isWanted(), slots.heldJobs()]).toEqual([[1, 2, 3], false, ['job-3']]);
  });

  it('are not freed twice, nor by jobs that hold none', async () => {
    const { slots } = setSlots(2);
    (await slots.lease(forever)).bind('a');
    (await slots.lease(forever)).bind('b');
    slots.ended('a');
    slots.ended('a');
    slots.ended('stranger');
    expect(slots.taken()).toBe(1);
  });

  it('refuse with a typed error when the time is over', async () => {
    const { clock, slots } = setSlots(1);
    (await slots.lease(forever)).bind('a');
    const error = await clock.run(rejection(slots.lease({ until: clock.now() + 5_000 })));
    expect(error.record).toMatchObject({ code: 'CONCURRENCY_LIMITED', retryable: true, provider: 'phantomflow' });
    expect([slots.isWanted(), clock.pending]).toEqual([false, 0]);
  });

  it('come back after the hold of an unknown outcome', async () => {
    const { clock, slots } = setSlots(1);
    const start = clock.now();
    (await slots.lease(forever)).releaseAfter(60_000);
    await clock.run(slots.lease(forever));
    expect(clock.now() - start).toBe(60_000);
  });

  it('count a job that the provider recognised by its key only once', async () => {
    const { slots } = setSlots(5);
    (await slots.lease(forever)).bind('a');
    (await slots.lease(forever)).bind('a');
    expect([slots.taken(), slots.heldJobs()]).toEqual([1, ['a']]);
  });

  it('shrink to one try at a time after a refusal and grow back with every job that ends', async () => {
    const { clock, slots } = setSlots(4);
    (await slots.lease(forever)).bind('a');
    (await slots.lease(forever)).bind('b');
    const refused = await slots.lease(forever);
    slots.refused();
    let granted = 0;
    const next = [1, 2].map(() => slots.lease(forever).then(() => (granted += 1)));
    await clock.advance(1_000);
    expect(granted).toBe(0);
    slots.ended('a');
    refused.bind('c');
    await clock.run(Promise.all(next));
    expect(slots.taken()).toBe(4);
  });

  it('never exceed the capacity, whatever happens in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.tuple(fc.constantFrom('lease', 'end', 'refuse', 'release', 'wait', 'abort'), fc.nat(9)), {
          maxLength: 40,
        }),
        async (capacity, steps) => {
          const { clock, slots } = setSlots(capacity);
          const open: Awaited<ReturnType<typeof slots.lease>>[] = [];
          const callers: AbortController[] = [];
          let jobs = 0;
          for (const [step, pick] of steps) {
            if (step === 'lease') {
              const caller = new AbortController();
              callers.push(caller);
              slots.lease({ until: clock.now() + 5_000, signal: caller.signal }).then(
                (slot) => {
                  open.push(slot);
                  if (pick % 2 === 0) slot.bind(`job-${jobs++}`);
                },
                () => undefined,
              );
            } else if (step === 'end') slots.ended(`job-${pick}`);
            else if (step === 'refuse') slots.refused();
            else if (step === 'release') open[pick]?.release();
            else if (step === 'abort') callers[pick]?.abort();
            else await clock.advance(pick * 700);
            await clock.advance(0);
            expect(slots.taken()).toBeLessThanOrEqual(capacity);
          }
          for (const caller of callers) caller.abort();
          for (const slot of open) slot.release();
          for (let job = 0; job < jobs; job += 1) slots.ended(`job-${job}`);
          await clock.advance(0);
          // Nothing leaked: every slot can be had again.
          expect(slots.taken()).toBe(0);
          expect(clock.pending).toBe(0);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('keyFingerprint', () => {
  it('tells keys apart and does not contain them', () => {
    const keys = Array.from({ length: 1_000 }, (_, n) => `ve_live_${n}`);
    expect(new Set(keys.map(keyFingerprint)).size).toBe(1_000);
    expect(keyFingerprint('')).toBe(0xcbf29ce484222325n.toString(36));
    expect(keyFingerprint('ve_live_7')).not.toContain('live');
  });
});
