import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { RenderError } from '../errors/render-error.ts';
import { createVirtualClock } from '../testing/virtual-clock.ts';
import { createJobSlots, type Slot } from './job-slots.ts';
import { createSubmitDesk, type Hold, type QueuedSubmit } from './submit-desk.ts';

const PATIENT_MS = 600_000;
const FOREVER = Number.POSITIVE_INFINITY;
const outage = new RenderError({ code: 'PROVIDER_ERROR', message: 'down' });
const refusal = new RenderError({ code: 'CONCURRENCY_LIMITED', message: 'the provider is full', httpStatus: 429 });
const stopped = new RenderError({ code: 'UNAUTHENTICATED', message: 'no such key' });

interface Entry extends QueuedSubmit {
  readonly name: string;
}

/** A desk whose submits are answered at the word of the test. */
function setDesk({ capacity = 1, sideBySide = 1 } = {}) {
  const clock = createVirtualClock();
  const told = { queued: [] as string[], empty: 0 };
  let held: Hold | undefined;
  let freshPass = false;
  const slots = createJobSlots({ clock, capacity, onChange: (change) => change !== 'leased' && desk.poke() });
  const desk = createSubmitDesk<Entry>({
    clock,
    provider: 'phantomflow',
    slots,
    sideBySide,
    held: (isFresh) => (held === undefined || held.until <= clock.now() || (isFresh && freshPass) ? undefined : held),
    onQueued: (owner, waiting) => told.queued.push(`${owner} ${waiting}`),
    onEmpty: () => {
      told.empty += 1;
    },
  });
  /** What has been granted, in order, and what has been refused. */
  const granted: string[] = [];
  const slotOf = new Map<string, Slot>();
  const refused = new Map<string, RenderError>();
  const entry = (name: string, more: Partial<Entry> = {}): Entry => ({
    name,
    owner: name,
    priority: 0,
    until: clock.now() + PATIENT_MS,
    attempts: 0,
    refusals: 0,
    start(slot) {
      granted.push(name);
      slotOf.set(name, slot);
    },
    reject: (error) => refused.set(name, error),
    ...more,
  });
  const enter = (submit: Entry) => {
    desk.enter(submit);
    return submit;
  };
  /** The provider accepts the submit: its slot is taken by a job of its name. */
  const accept = (submit: Entry) => {
    slotOf.get(submit.name)?.bind(submit.name);
    desk.leave(submit);
  };
  const hold = (next: Hold | undefined, passesFresh = false) => {
    held = next;
    freshPass = passesFresh;
    desk.poke();
  };
  return {
    clock,
    slots,
    desk,
    told,
    granted,
    refused,
    slotOf,
    entry,
    enter,
    accept,
    hold,
    settled: () => clock.advance(0),
  };
}

/** An account whose only slot is taken by the job `first`. */
async function setFullDesk() {
  const stage = setDesk();
  const first = stage.enter(stage.entry('first'));
  await stage.settled();
  stage.accept(first);
  stage.granted.length = 0;
  return stage;
}

describe('the submit desk', () => {
  it('lets a submit go at once that finds a slot and nobody before it', async () => {
    const { clock, desk, slots, entry, enter, granted, told, settled } = setDesk();
    enter(entry('only'));
    await settled();
    expect(granted).toEqual(['only']);
    expect([slots.count().taken, desk.onWire(), desk.sent(), desk.waiting]).toEqual([1, 1, 1, 0]);
    expect([told.queued, desk.isWanted(), desk.hold(), clock.pending]).toEqual([[], false, undefined, 0]);
  });

  it('sends one after the other where only one may be on the wire, although slots are free', async () => {
    const { desk, entry, enter, accept, granted, settled, told } = setDesk({ capacity: 5 });
    const entries = ['a', 'b', 'c'].map((name) => enter(entry(name)));
    for (const [index, submit] of entries.entries()) {
      await settled();
      expect(granted).toHaveLength(index + 1);
      expect(desk.hold()).toEqual(index < 2 ? { by: 'turn', until: FOREVER } : undefined);
      accept(submit);
    }
    expect(told).toEqual({ queued: ['b 1', 'c 2'], empty: 1 });
  });

  it('sends side by side up to its bound and to the slots', async () => {
    const { entry, enter, accept, granted, settled, desk } = setDesk({ capacity: 4, sideBySide: 3 });
    const entries = Array.from({ length: 6 }, (_, index) => enter(entry(`s${index}`)));
    await settled();
    expect([granted.length, desk.hold()?.by]).toEqual([3, 'turn']);
    for (const submit of entries.slice(0, 3)) accept(submit);
    await settled();
    expect([granted.length, desk.hold()?.by]).toEqual([4, 'slot']);
  });

  it('serves priorities first and owners in turn as jobs end', async () => {
    const { desk, slots, entry, enter, accept, granted, settled } = await setFullDesk();
    const line = [
      entry('m1', { owner: 'many' }),
      entry('m2', { owner: 'many' }),
      entry('s1', { owner: 'single' }),
      entry('u1', { owner: 'many', priority: 1 }),
    ].map(enter);
    expect([desk.waiting, desk.owners(), desk.isWanted()]).toEqual([4, 2, true]);
    slots.ended('first');
    for (let n = 1; n <= line.length; n += 1) {
      await settled();
      expect(granted).toHaveLength(n);
      const submit = line.find(({ name }) => name === granted.at(-1));
      if (submit === undefined) throw new Error('nothing was granted');
      accept(submit);
      slots.ended(submit.name);
    }
    expect(granted).toEqual(['u1', 'm1', 's1', 'm2']);
  });

  it('tells a submit why it waits and until when, where that is known', async () => {
    const { clock, entry, enter, hold } = await setFullDesk();
    const notices: unknown[] = [];
    const onQueued = (notice: unknown) => notices.push(notice);
    enter(entry('for a slot', { onQueued }));
    const until = clock.now() + 9_000;
    hold({ by: 'outage', until, error: outage });
    enter(entry('for the provider', { onQueued, attempts: 2 }));
    hold({ by: 'doubt', until: FOREVER });
    enter(entry('for a doubt', { onQueued }));
    expect(notices).toEqual([
      { reason: 'slot', attempts: 0 },
      { reason: 'outage', attempts: 2, nextAttemptAt: until, error: outage.record },
      { reason: 'slot', attempts: 0 },
    ]);
  });

  it.each([
    ['lets a caller who asks now pass a pause that holds back what waits', 0, ['asks']],
    ['holds back one that was refused before, as it holds what waits', 1, []],
  ])('%s', async (_title, refusals, expected) => {
    const { clock, entry, enter, granted, hold, settled } = setDesk();
    hold({ by: 'credits', until: clock.now() + 5_000 }, true);
    enter(entry('asks', { refusals }));
    await settled();
    expect(granted).toEqual(expected);
  });

  it('lets nobody pass a pause who finds others waiting', async () => {
    const { clock, slots, entry, enter, granted, hold, settled } = await setFullDesk();
    enter(entry('waiting'));
    hold({ by: 'credits', until: clock.now() + 5_000 }, true);
    slots.ended('first');
    enter(entry('behind'));
    await settled();
    expect(granted).toEqual([]);
    hold(undefined);
    await settled();
    expect(granted).toEqual(['waiting']);
  });

  it('goes on by itself when a pause is over', async () => {
    const { clock, entry, enter, granted, hold } = setDesk();
    hold({ by: 'credits', until: clock.now() + 5_000 });
    enter(entry('waiting'));
    await clock.advance(4_999);
    expect(granted).toEqual([]);
    await clock.advance(1);
    expect([granted, clock.pending]).toEqual([['waiting'], 0]);
  });

  it('asks the provider at once for a caller without patience, whatever the slots', async () => {
    const { clock, slots, desk, entry, enter, granted, settled } = await setFullDesk();
    enter(entry('waiting'));
    enter(entry('impatient', { until: clock.now() }));
    await settled();
    expect([granted, slots.count().taken, desk.waiting]).toEqual([['impatient'], 2, 1]);
  });

  it('refuses one whose patience ended in a refusal, with that refusal', async () => {
    const { clock, entry, enter, refused, granted, settled } = await setFullDesk();
    enter(entry('back', { until: clock.now(), refusals: 1, attempts: 1, refusal }));
    await settled();
    expect(granted).toEqual([]);
    expect(refused.get('back')?.record).toMatchObject({ message: refusal.message, attempts: 1 });
  });

  it('puts one that was refused for want of a slot before all others, whatever their priority', async () => {
    const { slots, entry, enter, granted, settled } = await setFullDesk();
    enter(entry('urgent', { priority: 9 }));
    enter(entry('back', { refusals: 1 }));
    slots.ended('first');
    await settled();
    expect(granted).toEqual(['back']);
  });

  it('frees the slot of a submit that was refused, and the next goes', async () => {
    const { desk, entry, enter, granted, slotOf, settled } = setDesk();
    const first = enter(entry('first'));
    enter(entry('next'));
    await settled();
    slotOf.get('first')?.release();
    await settled();
    expect(granted).toEqual(['first']);
    desk.leave(first);
    await settled();
    expect(granted).toEqual(['first', 'next']);
  });
});

describe('the end of a submit that waits', () => {
  it('is its deadline, to the millisecond, and the others go on waiting', async () => {
    const { clock, desk, entry, enter, refused } = await setFullDesk();
    enter(entry('late', { until: clock.now() + 9_000 }));
    enter(entry('soon', { until: clock.now() + 3_000 }));
    enter(entry('ever', { until: FOREVER }));
    await clock.advance(2_999);
    expect(refused.size).toBe(0);
    await clock.advance(1);
    expect([...refused.keys()]).toEqual(['soon']);
    await clock.advance(6_000);
    expect([...refused.keys()]).toEqual(['soon', 'late']);
    expect([desk.waiting, clock.pending]).toEqual([1, 0]);
  });

  it('tells that the slots stayed taken, and by whom, where nothing was refused', async () => {
    const { clock, slots, entry, enter, refused } = await setFullDesk();
    slots.sawForeign(2);
    enter(entry('late', { until: clock.now() + 1_000 }));
    await clock.advance(1_000);
    const error = refused.get('late');
    expect(error?.record).toMatchObject({ code: 'CONCURRENCY_LIMITED', provider: 'phantomflow', retryable: true });
    expect(error?.message).toContain('2 by jobs of other programs');
    expect(error?.record).not.toHaveProperty('attempts');
  });

  it('tells the outage or the pause that held it, and above all its own refusal', async () => {
    const { clock, entry, enter, refused, hold } = setDesk();
    hold({ by: 'outage', until: FOREVER, error: outage });
    enter(entry('held', { until: clock.now() + 1_000 }));
    enter(entry('refused', { until: clock.now() + 1_000, refusals: 2, attempts: 3, refusal }));
    await clock.advance(1_000);
    expect(refused.get('held')?.record).toMatchObject({ code: 'PROVIDER_ERROR' });
    expect(refused.get('refused')?.record).toMatchObject({ code: 'CONCURRENCY_LIMITED', httpStatus: 429, attempts: 3 });
  });

  it('is its signal: the line forgets it and leaves no timer', async () => {
    const { clock, desk, slots, entry, enter, refused, granted, told, settled } = await setFullDesk();
    const [given, before] = [new AbortController(), AbortSignal.abort()];
    enter(entry('gone', { signal: given.signal }));
    enter(entry('never came', { signal: before }));
    await settled();
    expect([...refused.keys()]).toEqual(['never came']);
    given.abort();
    await settled();
    expect([...refused.values()].map(({ code }) => code)).toEqual(['CANCELLED', 'CANCELLED']);
    expect([desk.waiting, desk.owners(), told.empty, clock.pending]).toEqual([0, 0, 1, 0]);
    slots.ended('first');
    await settled();
    expect([granted, slots.count().taken]).toEqual([[], 0]);
  });

  it('is its signal also where it was to be the next', async () => {
    const { slots, entry, enter, refused, granted, settled } = await setFullDesk();
    const given = new AbortController();
    enter(entry('back', { refusals: 1, signal: given.signal }));
    enter(entry('other'));
    given.abort();
    slots.ended('first');
    await settled();
    expect([[...refused.keys()], granted]).toEqual([['back'], ['other']]);
  });

  it('is not its signal any more once it has been granted, and the signal keeps nothing of it', async () => {
    const { slots, entry, enter, granted, refused, settled } = await setFullDesk();
    const given = new AbortController();
    enter(entry('waited', { signal: given.signal }));
    expect(getEventListeners(given.signal, 'abort')).toHaveLength(1);
    slots.ended('first');
    await settled();
    expect(getEventListeners(given.signal, 'abort')).toHaveLength(0);
    given.abort();
    await settled();
    expect([granted, refused.size]).toEqual([['waited'], 0]);
  });

  it('comes to all at once when the account stops, and nothing stays behind', async () => {
    const { clock, desk, entry, enter, refused, settled, told } = await setFullDesk();
    for (const name of ['a', 'b']) enter(entry(name));
    enter(entry('back', { refusals: 1 }));
    await settled();
    expect(desk.refuseAll(stopped)).toBe(3);
    await settled();
    expect([...refused.values()]).toEqual([stopped, stopped, stopped]);
    expect([desk.waiting, desk.owners(), told.empty]).toEqual([0, 0, 1]);
    expect(clock.pending).toBe(0);
    expect(desk.refuseAll(stopped)).toBe(0);
  });
});
