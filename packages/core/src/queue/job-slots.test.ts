import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createVirtualClock } from '../testing/virtual-clock.ts';
import { createJobSlots, type Slot } from './job-slots.ts';
import { keyFingerprint } from './key-fingerprint.ts';

function setSlots(capacity: number) {
  const clock = createVirtualClock();
  const changes: string[] = [];
  const slots = createJobSlots({ clock, capacity, onChange: (change) => changes.push(change) });
  const isFree = () => slots.freeAt() <= clock.now();
  const hold = (...jobs: string[]) => {
    for (const job of jobs) slots.take().bind(job);
  };
  return { clock, slots, changes, isFree, hold };
}

describe('job slots', () => {
  it('are free until the plan is full, and again as jobs end', () => {
    const { slots, isFree, hold, changes } = setSlots(2);
    hold('a', 'b');
    expect([isFree(), slots.freeAt(), slots.heldJobs()]).toEqual([false, Number.POSITIVE_INFINITY, ['a', 'b']]);
    slots.ended('a');
    expect([isFree(), slots.heldJobs()]).toEqual([true, ['b']]);
    expect(changes).toEqual(['leased', 'leased', 'freed']);
  });

  it('are not freed twice, nor by jobs that hold none', () => {
    const { slots, hold } = setSlots(2);
    hold('a', 'b');
    slots.ended('a');
    slots.ended('a');
    slots.ended('stranger');
    expect(slots.count().taken).toBe(1);
  });

  it('come back after the hold of an unknown outcome', async () => {
    const { clock, slots, isFree } = setSlots(1);
    const start = clock.now();
    slots.take().releaseAfter(60_000);
    expect(slots.freeAt()).toBe(start + 60_000);
    await clock.advance(60_000);
    expect([isFree(), slots.count().taken]).toEqual([true, 0]);
  });

  it('count a job that the provider recognised by its key only once', () => {
    const { slots, hold } = setSlots(5);
    hold('a', 'a');
    expect([slots.count().taken, slots.heldJobs()]).toEqual([1, ['a']]);
  });

  it('shrink to the jobs that run after a refusal, and let one submit try again at the time given', async () => {
    const { clock, slots, isFree, hold } = setSlots(4);
    hold('a', 'b');
    const refused = slots.take();
    slots.refused(clock.now() + 3_000);
    refused.release();
    expect([slots.count().allowed, slots.freeAt() - clock.now()]).toEqual([2, 3_000]);
    await clock.advance(3_000);
    expect(isFree()).toBe(true);
    const next = slots.take();
    expect(slots.freeAt()).toBe(Number.POSITIVE_INFINITY);
    next.bind('c');
    slots.accepted();
    expect([slots.count().allowed, isFree()]).toEqual([3, true]);
  });

  it('give the slot of an own job that ended to the next submit without a new try', async () => {
    const { clock, slots, isFree, hold } = setSlots(4);
    hold('a', 'b');
    const refused = slots.take();
    slots.refused(clock.now() + 15_000);
    refused.release();
    slots.ended('a');
    expect([isFree(), slots.count().allowed]).toEqual([true, 2]);
  });

  it('may be tried again at once when a try ended without an answer about slots', () => {
    const { clock, slots, isFree } = setSlots(2);
    slots.refused(clock.now());
    const attempt = slots.take();
    expect(isFree()).toBe(false);
    attempt.release();
    expect(isFree()).toBe(true);
  });

  it('leave room for the running jobs of others that a list shows, and take it back when they are gone', () => {
    const { slots, isFree, hold } = setSlots(3);
    hold('a');
    slots.sawForeign(2);
    expect([isFree(), slots.count().foreign]).toEqual([false, 2]);
    slots.sawForeign(1);
    expect(isFree()).toBe(true);
  });

  it('recover from a refusal at once when a list shows that there is room', () => {
    const { clock, slots, isFree } = setSlots(3);
    slots.refused(clock.now() + 15_000);
    expect(isFree()).toBe(false);
    slots.sawForeign(1);
    expect([isFree(), slots.count().allowed]).toEqual([true, 3]);
  });

  it('ask the provider itself after half a minute in which the list left no room', async () => {
    const { clock, slots, isFree } = setSlots(2);
    for (let look = 0; look < 6; look += 1) {
      slots.sawForeign(2);
      expect(isFree()).toBe(false);
      await clock.advance(5_000);
    }
    expect(isFree()).toBe(true);
  });

  it('forget what a list showed of others after a minute', async () => {
    const { clock, slots } = setSlots(2);
    slots.sawForeign(1);
    await clock.advance(60_000);
    expect(slots.count().foreign).toBe(0);
  });

  it('never let more than the capacity be taken by those who ask first, whatever happens in whatever order', async () => {
    const steps = fc.tuple(fc.constantFrom('take', 'end', 'refuse', 'release', 'accept', 'foreign', 'wait'), fc.nat(9));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.array(steps, { maxLength: 60 }), async (capacity, script) => {
        const { clock, slots, isFree } = setSlots(capacity);
        const open: Slot[] = [];
        let jobs = 0;
        for (const [step, pick] of script) {
          if (step === 'take' && isFree()) {
            const slot = slots.take();
            open.push(slot);
            if (pick % 2 === 0) slot.bind(`job-${jobs++}`);
          } else if (step === 'end') slots.ended(`job-${pick}`);
          else if (step === 'refuse') slots.refused(clock.now() + pick * 500);
          else if (step === 'release') open[pick]?.release();
          else if (step === 'accept') slots.accepted();
          else if (step === 'foreign') slots.sawForeign(pick % 4);
          else if (step === 'wait') await clock.advance(pick * 700);
          expect(slots.count().taken).toBeLessThanOrEqual(capacity);
        }
        for (const slot of open) slot.release();
        for (let job = 0; job < jobs; job += 1) slots.ended(`job-${job}`);
        // Nothing leaked: every slot can be had again, at the latest when a list shows an empty account.
        slots.sawForeign(0);
        expect([slots.count().taken, isFree()]).toEqual([0, true]);
      }),
      { numRuns: 200 },
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
