import { describe, expect, it } from 'vitest';
import { type JobSnapshot, type RemoteJobState, TERMINAL_STATES } from '../contract/job.ts';
import { RenderError, type RenderErrorInit } from '../errors/render-error.ts';
import { createVirtualClock } from '../testing/virtual-clock.ts';
import { createAnnouncements } from './announcements.ts';
import { createDurations } from './durations.ts';
import type { AcceptedJob } from './look-target.ts';
import { createJobWatcher, type WatcherPorts } from './watcher.ts';

const LATENCY_MS = 20;
const fault = (init: Partial<RenderErrorInit> = {}) =>
  new RenderError({ code: 'PROVIDER_ERROR', message: 'down', httpStatus: 500, ...init });

/** A watcher of jobs whose states the test sets; every look takes 20 ms and is written down. */
function setWatcher(more: Partial<WatcherPorts> = {}) {
  const clock = createVirtualClock();
  const start = clock.now();
  const states = new Map<string, RemoteJobState>();
  const accepted = new Map<string, AcceptedJob>();
  /** What of the jobs a list shows, and what looks fail with. */
  const world = {
    listed: (_jobId: string) => true,
    listFault: undefined as RenderError | undefined,
    lookFault: undefined as RenderError | undefined,
    wanted: [] as string[],
  };
  const looks: { at: number; by: string; isAnnounced?: boolean }[] = [];
  const gone: string[] = [];
  const told: string[] = [];
  const snapshot = (id: string): JobSnapshot => {
    const state = states.get(id) ?? 'running';
    const output = { url: 'https://cdn.example/o.mp4', files: [] };
    const base = { provider: 'phantomflow', id, state, providerState: state };
    return state === 'succeeded' ? { ...base, output } : base;
  };
  const announcements = createAnnouncements();
  const watcher = createJobWatcher({
    clock,
    durations: createDurations(),
    announcements,
    async look(jobId, signal, _onQueued, { isAnnounced }) {
      looks.push({ at: clock.now() - start, by: jobId, isAnnounced });
      await clock.sleep(LATENCY_MS, signal);
      if (world.lookFault !== undefined) throw world.lookFault;
      return snapshot(jobId);
    },
    async list() {
      looks.push({ at: clock.now() - start, by: 'list' });
      await clock.sleep(LATENCY_MS);
      if (world.listFault !== undefined) throw world.listFault;
      return { jobs: [...states.keys()].filter(world.listed).map(snapshot) };
    },
    budget: () => ({ requests: 12, until: clock.now() + 60_000 }),
    wanted: () => world.wanted,
    waitingSubmits: () => 0,
    wantsList: () => false,
    wantsProof: () => false,
    accepted: (jobId) => accepted.get(jobId),
    onGone: (jobId) => gone.push(jobId),
    onLooked: (by, jobs, ended) => told.push(`${by} ${jobs} ${ended}`),
    ...more,
  });
  const ends: string[] = [];
  const errors: unknown[] = [];
  const watch = (jobId: string, state: RemoteJobState = 'running') => {
    states.set(jobId, state);
    const stop = watcher.watch(jobId, {
      onLook(seen) {
        if (!TERMINAL_STATES.has(seen.state)) return;
        ends.push(`${jobId} ${clock.now() - start}`);
        stop();
      },
      onError: (error) => errors.push(error),
      onTrouble: () => {},
    });
    return stop;
  };
  const accept = (jobId: string) => accepted.set(jobId, { kind: 'movie', acceptedAt: clock.now(), isAnnounced: false });
  const by = () => looks.map((look) => look.by);
  const announce = (jobId: string) => {
    announcements.heard(jobId);
    watcher.announce(jobId);
  };
  return { clock, watcher, world, states, looks, by, gone, told, watch, ends, errors, accept, announce };
}

describe('the watcher', () => {
  it('looks at a job that it has never seen at once, and at several of them with one list', async () => {
    const single = setWatcher();
    single.watch('a', 'succeeded');
    await single.clock.advance(100);
    expect([single.by(), single.ends]).toEqual([['a'], ['a 20']]);
    const several = setWatcher();
    for (const id of ['a', 'b', 'c']) several.watch(id, 'succeeded');
    await several.clock.advance(100);
    // The first had begun before the others came.
    expect(several.by()).toEqual(['a', 'list']);
    expect(several.ends).toHaveLength(3);
    expect(several.told).toContain('list 2 2');
  });

  it('spreads its looks over the requests left, and one look serves every job', async () => {
    const { clock, by, looks, watch } = setWatcher();
    for (const id of ['a', 'b', 'c', 'd']) watch(id);
    await clock.advance(60_000);
    const lists = looks.filter(({ by: of }) => of === 'list');
    expect(by().filter((of) => of !== 'list').length).toBeLessThanOrEqual(1);
    expect(lists.length).toBeGreaterThan(8);
    expect(lists.length).toBeLessThan(15);
  });

  it('looks by id at a job that fell off the page', async () => {
    const { clock, world, looks, states, watch, ends } = setWatcher();
    world.listed = (jobId) => jobId !== 'old';
    for (const id of ['old', 'a', 'b']) watch(id);
    await clock.advance(20_000);
    const after = looks.slice(2);
    expect(after.filter(({ by }) => by === 'old').length).toBeGreaterThan(1);
    expect(after.filter(({ by }) => by === 'a' || by === 'b')).toEqual([]);
    states.set('old', 'failed');
    await clock.advance(20_000);
    expect(ends).toHaveLength(1);
  });

  it('asks for no list for a minute after one that showed none of the jobs', async () => {
    const { clock, world, looks, watch } = setWatcher();
    world.listed = () => false;
    watch('a');
    watch('b');
    await clock.advance(130_000);
    const lists = looks.filter(({ by }) => by === 'list').map(({ at }) => at);
    expect(lists.length).toBeGreaterThan(1);
    for (const [index, at] of lists.entries()) {
      if (index > 0) expect(at - (lists[index - 1] ?? 0)).toBeGreaterThanOrEqual(60_000);
    }
  });

  it('makes a list that failed again in its turn, and looks one by one when that goes on', async () => {
    const { clock, world, by, watch, errors } = setWatcher();
    watch('a');
    watch('b');
    await clock.advance(100);
    const before = by().length;
    world.listFault = fault();
    await clock.advance(40_000);
    const after = by().slice(before);
    expect(after.slice(0, 3)).toEqual(['list', 'list', 'list']);
    expect(new Set(after.slice(3))).toEqual(new Set(['a', 'b']));
    expect(errors).toEqual([]);
  });

  it('looks one by one at once when lists are refused for good', async () => {
    const { clock, world, by, watch } = setWatcher();
    watch('a');
    watch('b');
    await clock.advance(100);
    const before = by().length;
    world.listFault = fault({ code: 'FORBIDDEN', httpStatus: 403 });
    await clock.advance(30_000);
    expect(
      by()
        .slice(before)
        .filter((of) => of === 'list'),
    ).toHaveLength(1);
  });

  it('does nothing at all once nobody wants to know', async () => {
    const { clock, looks, watch, watcher } = setWatcher();
    const stops = ['a', 'b'].map((id) => watch(id));
    await clock.advance(5_000);
    for (const stop of stops) stop();
    await clock.advance(100);
    const before = looks.length;
    await clock.advance(120_000);
    expect([looks.length - before, clock.pending, watcher.status()]).toEqual([
      0,
      0,
      { jobs: 0, nextLookAt: undefined },
    ]);
  });

  it('stops a look on the wire that nobody wants any more', async () => {
    const { clock, watch, ends, errors } = setWatcher();
    const stop = watch('a', 'succeeded');
    await clock.advance(LATENCY_MS / 2);
    stop();
    await clock.advance(0);
    expect([clock.pending, ends, errors]).toEqual([0, [], []]);
  });

  it('looks at jobs whose slots are wanted although nobody waits for them', async () => {
    const { clock, world, watcher, states, told } = setWatcher();
    world.wanted = ['slot-1', 'slot-2'];
    for (const id of world.wanted) states.set(id, 'running');
    watcher.poke();
    await clock.advance(1_000);
    expect(watcher.status().jobs).toBe(2);
    states.set('slot-1', 'succeeded');
    world.wanted = ['slot-2'];
    await clock.advance(20_000);
    expect(watcher.status().jobs).toBe(1);
    expect(told.length).toBeGreaterThan(1);
  });

  it('reads lists now and then for the sake of the jobs of others alone', async () => {
    const { clock, by, looks, watcher } = setWatcher({ wantsList: () => true });
    watcher.poke();
    await clock.advance(60_000);
    expect(new Set(by())).toEqual(new Set(['list']));
    // Half of twelve requests a minute.
    expect(looks.length).toBeGreaterThanOrEqual(5);
    expect(looks.length).toBeLessThanOrEqual(8);
  });
});

describe('an announced job', () => {
  it('is looked at at once, with the priority of one that a webhook named', async () => {
    const { clock, looks, states, watch, announce, ends } = setWatcher();
    watch('a');
    await clock.advance(1_000);
    states.set('a', 'succeeded');
    announce('a');
    await clock.advance(LATENCY_MS);
    expect(looks.at(-1)).toEqual({ at: 1_000, by: 'a', isAnnounced: true });
    expect(ends).toEqual(['a 1020']);
  });

  it('is looked at once for each time that it is named, however many are', async () => {
    const { clock, looks, watch, announce } = setWatcher();
    for (const id of ['a', 'b', 'c']) watch(id);
    await clock.advance(1_000);
    const before = looks.length;
    for (const id of ['a', 'b', 'c']) announce(id);
    await clock.advance(500);
    expect(looks.slice(before).length).toBeGreaterThan(0);
    // All were running: a webhook tells once, and does not make looking a habit.
    expect(looks.slice(before).length).toBeLessThanOrEqual(2);
  });

  it('is looked at as soon as somebody waits for it, where the webhook came first', async () => {
    const { clock, looks, watch, announce, accept } = setWatcher();
    accept('a');
    announce('a');
    await clock.advance(100);
    expect(looks).toEqual([]);
    watch('a');
    await clock.advance(100);
    expect(looks).toEqual([{ at: 100, by: 'a', isAnnounced: true }]);
  });

  it('costs nothing where nobody waits for it', async () => {
    const { clock, looks, announce } = setWatcher();
    announce('stranger');
    await clock.advance(60_000);
    expect([looks, clock.pending]).toEqual([[], 0]);
  });
});

describe('a look that fails', () => {
  it('is told, and is not made again within two seconds', async () => {
    const { clock, world, looks, watch, errors, gone } = setWatcher();
    world.lookFault = fault();
    watch('a');
    await clock.advance(30_000);
    expect(errors.length).toBe(looks.length);
    for (const [index, { at }] of looks.entries()) {
      if (index > 0) expect(at - (looks[index - 1]?.at ?? 0)).toBeGreaterThanOrEqual(2_000);
    }
    expect(gone).toEqual([]);
  });

  it('is no news of a young job that cannot be found yet', async () => {
    const { clock, world, watch, errors, gone, accept } = setWatcher();
    accept('a');
    world.lookFault = fault({ code: 'NOT_FOUND', httpStatus: 404 });
    watch('a');
    await clock.advance(9_900);
    expect([errors, gone]).toEqual([[], []]);
    await clock.advance(10_000);
    expect(gone).toEqual(['a']);
    expect(errors).toHaveLength(1);
  });

  it('gives the slot of a job up that cannot be read for five minutes, and not sooner', async () => {
    const { clock, world, watch, gone } = setWatcher();
    world.lookFault = fault();
    watch('a');
    await clock.advance(299_000);
    expect(gone).toEqual([]);
    await clock.advance(60_000);
    expect(gone).toContain('a');
  });
});
