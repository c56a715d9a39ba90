import { describe, expect, it } from 'vitest';
import type { JobSnapshot } from '../contract/job.ts';
import { RenderError, type RenderErrorInit } from '../errors/render-error.ts';
import { rejection } from '../testing/scripted-client.ts';
import { createVirtualClock, START_MS } from '../testing/virtual-clock.ts';
import { createJobBook } from './job-book.ts';
import { type Doubt, type SettleTools, settleSubmit } from './settle-submit.ts';

const NEVER = Number.NEGATIVE_INFINITY;
const reset = new RenderError({ code: 'NETWORK', message: 'the connection broke' });
const failing = (init: Partial<RenderErrorInit>) => new RenderError({ code: 'NETWORK', message: 'gone', ...init });

type Shown = readonly JobSnapshot[] | RenderError;

/**
 * A submit in doubt since the first instant of the clock.
 * @param options `show` gives the list at a time since then; `own` are jobs submitted here before, `baseline` those that
 * a list has shown before.
 */
function setDoubt(options: {
  readonly show: (ms: number, look: number) => Shown;
  readonly own?: readonly string[];
  readonly baseline?: readonly string[];
  readonly unsettled?: boolean;
  readonly absent?: boolean;
  readonly doubt?: Partial<Doubt>;
  readonly tools?: Partial<SettleTools>;
  readonly listMs?: number;
}) {
  const clock = createVirtualClock();
  const book = createJobBook(clock);
  const looks: number[] = [];
  if (options.unsettled === true) book.unsettled();
  if (options.absent === true) book.absent();
  if (options.baseline !== undefined) book.saw({ jobs: options.baseline.map((id) => job(id)) }, false);
  for (const id of options.own ?? []) book.submitted(id, START_MS - 60_000);
  const settling = settleSubmit(
    {
      clock,
      book,
      async list(signal) {
        looks.push(clock.now() - START_MS);
        if (options.listMs !== undefined) await clock.sleep(options.listMs, signal);
        const shown = options.show(clock.now() - START_MS, looks.length);
        if (RenderError.isInstance(shown)) throw shown;
        book.learnFrom({ jobs: shown as readonly JobSnapshot[] });
        book.saw({ jobs: shown as readonly JobSnapshot[] }, true);
        return { jobs: shown as readonly JobSnapshot[] };
      },
      serverTime: () => undefined,
      othersSeenAt: () => NEVER,
      othersOnWire: () => false,
      ...options.tools,
    },
    {
      error: reset,
      sentAt: START_MS - 20,
      isDefinite: false,
      wasSilent: false,
      timeoutMs: 30_000,
      arrival: () => undefined,
      ...options.doubt,
    },
  );
  const outcome = async () => ({ settlement: await clock.run(settling), afterMs: clock.now() - START_MS });
  return { clock, book, looks, settling, outcome };
}

function job(id: string, createdMs?: number): JobSnapshot {
  const base = { provider: 'phantomflow', id, state: 'running', providerState: 'processing' } as const;
  return createdMs === undefined ? base : { ...base, createdAt: START_MS + createdMs };
}

const known = [job('ours', -60_000)];

describe('a lost submit is found', () => {
  it('at the first look, half a second after the loss, when the one new job is there', async () => {
    const { outcome, looks } = setDoubt({ own: ['ours'], show: () => [job('new', 0), ...known] });
    expect(await outcome()).toEqual({ settlement: { outcome: 'found', job: job('new', 0) }, afterMs: 500 });
    expect(looks).toEqual([500]);
  });

  it('late, when the provider carries it out shortly before the grace ends', async () => {
    const { outcome } = setDoubt({
      own: ['ours'],
      show: (ms) => (ms < 9_900 ? known : [job('late', 9_800), ...known]),
      doubt: { arrival: () => 'arrived' },
    });
    const { settlement, afterMs } = await outcome();
    expect(settlement).toMatchObject({ outcome: 'found', job: { id: 'late' } });
    expect(afterMs).toBe(10_000);
  });

  it('where nothing was ever submitted here, and no list had been read', async () => {
    const { outcome } = setDoubt({ show: () => [job('new', 10), job('old', -500_000)] });
    expect((await outcome()).settlement).toMatchObject({ outcome: 'found', job: { id: 'new' } });
  });

  it.each([37_000, -95_000])("by the provider's clock, which goes %i ms wrong", async (skew) => {
    const { outcome } = setDoubt({
      show: () => [job('new', skew), job('old', skew - 10_000)],
      tools: { serverTime: (at) => at + skew },
    });
    expect((await outcome()).settlement).toMatchObject({ outcome: 'found', job: { id: 'new' } });
  });

  it('without times of creation, as what no earlier list has shown, even where it has ended', async () => {
    const ended = { ...job('new'), state: 'succeeded' } as const;
    const { outcome } = setDoubt({ baseline: ['old'], show: () => [ended, job('old')] });
    expect((await outcome()).settlement).toMatchObject({ outcome: 'found', job: { id: 'new' } });
  });

  it('without times of creation or an earlier list, as the only job there is', async () => {
    const { outcome } = setDoubt({ show: () => [job('only')] });
    expect((await outcome()).settlement).toMatchObject({ outcome: 'found', job: { id: 'only' } });
  });

  it('after lists that could not be read', async () => {
    const { outcome, looks } = setDoubt({
      own: ['ours'],
      show: (_ms, look) => (look <= 4 ? failing({}) : [job('new', 0), ...known]),
    });
    expect((await outcome()).settlement).toMatchObject({ outcome: 'found' });
    expect(looks).toHaveLength(5);
  });
});

describe('a lost submit is proven absent', () => {
  it.each([
    ['ten seconds after a reset', {}, 10_000],
    ['as long after a time-out as an attempt may take', { wasSilent: true }, 30_000],
    ['no sooner for a short time-out', { wasSilent: true, timeoutMs: 2_000 }, 10_000],
    ['a second after a fault that the provider itself told', { isDefinite: true }, 1_000],
  ])('%s, once lists have shown jobs of ours', async (_name, doubt, afterMs) => {
    const { outcome, looks } = setDoubt({ own: ['ours'], show: () => known, doubt });
    expect(await outcome()).toEqual({ settlement: { outcome: 'absent' }, afterMs });
    // Looks come thick at first and then rarely: requests are scarce.
    expect(looks.length).toBeLessThanOrEqual(8);
  });

  it("after the whole grace where the provider's own count proves it, although no list has shown a job of ours", async () => {
    for (const arrival of ['never', 'hardly'] as const) {
      const { outcome } = setDoubt({ show: () => [], doubt: { arrival: () => arrival } });
      expect(await outcome()).toEqual({ settlement: { outcome: 'absent' }, afterMs: 10_000 });
    }
  });

  it('later where lists have been slow to show jobs', async () => {
    const { outcome, book } = setDoubt({ own: ['ours'], show: () => known });
    expect(book.listLagMs()).toBe(Number.POSITIVE_INFINITY);
    await outcome();
    expect(book.listLagMs()).toBe(500);
  });

  it('not by a job that was created long before it was sent', async () => {
    const { outcome } = setDoubt({ own: ['ours'], show: () => [job('older', -2_100), ...known] });
    expect((await outcome()).settlement).toEqual({ outcome: 'absent' });
  });
});

describe('a lost submit stays in doubt', () => {
  it.each<[string, string, Parameters<typeof setDoubt>[0]]>([
    ['when several new jobs could be it', 'new-1, new-2', { show: () => [job('new-1', 0), job('new-2', 5)] }],
    [
      'when other programs use the account',
      'job new could be it',
      { show: () => [job('new', 0)], tools: { othersSeenAt: () => START_MS - 599_000 } },
    ],
    [
      'when the count says that it never arrived, and a job is there all the same',
      'job new could be it',
      { show: () => [job('new', 0)], doubt: { arrival: () => 'never' } },
    ],
    [
      'when a submit before it stayed unsettled, whose job it could be',
      'job new could be it',
      { show: () => [job('new', 0)], unsettled: true },
    ],
    [
      'when its job appears late and nothing shows that it arrived',
      'job late could be it',
      {
        own: ['ours'],
        show: (ms) => (ms < 9_000 ? known : [job('late', 8_900)]),
      },
    ],
    [
      "after a fault of the provider's own, where no list has shown a job of ours",
      'show new jobs',
      { show: () => [], doubt: { isDefinite: true } },
    ],
    [
      'when the newest job of ours is not in the list, as of one that begins with the oldest',
      'show new jobs',
      { own: ['ours', 'newer'], show: () => known },
    ],
    [
      'when the provider has counted it and lists do not show it',
      'has counted the request',
      { own: ['ours'], show: () => known, doubt: { arrival: () => 'arrived' } },
    ],
    [
      'when a running job seems older than the submit, and no time of creation has been seen to be true',
      'does not tell new jobs from old ones',
      { show: () => [job('an hour ago', -3_600_000)] },
    ],
    [
      'when a submit before it was given up for absent, whose late job it could be',
      'job new could be it',
      { own: ['ours'], absent: true, show: () => [job('new', 0), ...known] },
    ],
    [
      'when jobs have no time of creation and no list was read before',
      'does not tell new jobs from old ones',
      { show: () => [job('one'), job('two')] },
    ],
    [
      'when the only job has ended and nothing tells how old it is',
      'does not tell new jobs from old ones',
      { show: () => [{ ...job('one'), state: 'succeeded' }] },
    ],
  ])('%s', async (_name, why, options) => {
    const { settlement } = await setDoubt({ own: [], ...options }).outcome();
    expect(settlement).toMatchObject({ outcome: 'unknown', why: expect.stringContaining(why) });
  });

  it('no longer than ten minutes because of what others did', async () => {
    const { outcome } = setDoubt({ show: () => [job('new', 0)], tools: { othersSeenAt: () => START_MS - 600_000 } });
    expect((await outcome()).settlement).toMatchObject({ outcome: 'found' });
  });

  it('at once where no look could ever prove anything', async () => {
    const { outcome } = setDoubt({ show: () => [] });
    const { settlement, afterMs } = await outcome();
    expect(settlement).toMatchObject({ outcome: 'unknown', why: expect.stringContaining('show new jobs') });
    expect(afterMs).toBeGreaterThanOrEqual(3_000);
    expect(afterMs).toBeLessThan(10_000);
  });

  it('to the end of its grace where the count may still prove something', async () => {
    const { outcome } = setDoubt({ show: () => [], doubt: { arrival: () => 'unclear' } });
    const { settlement, afterMs } = await outcome();
    expect([settlement.outcome, afterMs]).toEqual(['unknown', 10_000]);
  });

  it('when answers in a row are no list of jobs', async () => {
    const { outcome, looks } = setDoubt({ show: () => failing({ code: 'NOT_FOUND' }) });
    const { settlement } = await outcome();
    expect(settlement).toMatchObject({ outcome: 'unknown', why: expect.stringContaining('NOT_FOUND') });
    expect(looks).toHaveLength(2);
  });

  it.each([
    ['the wire is dead', { code: 'NETWORK' }],
    ['the provider is down', { code: 'PROVIDER_ERROR', httpStatus: 503 }],
    ['a gateway answers', { code: 'BAD_RESPONSE', httpStatus: 502 }],
    ['the window is spent', { code: 'RATE_LIMITED' }],
  ] as const)('when %s for a minute after the grace, and not sooner', async (_name, init) => {
    const { outcome } = setDoubt({ own: ['ours'], show: () => failing(init) });
    const { settlement, afterMs } = await outcome();
    expect(settlement).toMatchObject({ outcome: 'unknown', why: expect.stringContaining('out of reach') });
    expect(afterMs).toBeGreaterThan(70_000);
    expect(afterMs).toBeLessThan(80_000);
  });
});

describe('a submit in doubt beside others', () => {
  it('is not looked for while another is on the wire, whose job it could be taken for', async () => {
    let others = true;
    const { clock, looks, outcome } = setDoubt({
      own: ['ours'],
      show: () => [job('new', 0), ...known],
      tools: { othersOnWire: () => others },
    });
    await clock.advance(20_000);
    expect(looks).toEqual([]);
    others = false;
    expect((await outcome()).settlement).toMatchObject({ outcome: 'found' });
  });

  it('is given up when another stays on the wire for a minute after the grace', async () => {
    const { outcome, looks } = setDoubt({ show: () => [], tools: { othersOnWire: () => true } });
    const { settlement } = await outcome();
    expect(settlement).toMatchObject({ outcome: 'unknown', why: expect.stringContaining('another submit') });
    expect(looks).toEqual([]);
  });

  it('never takes the job of one that left while the list was read', async () => {
    let others = false;
    const { clock, settling } = setDoubt({
      own: ['ours'],
      listMs: 400,
      show: (ms) => {
        others = ms < 2_000;
        return ms < 2_000 ? [job('of the other', 700), ...known] : known;
      },
      tools: { othersOnWire: () => others },
    });
    await clock.advance(2_500);
    others = false;
    expect(await clock.run(settling)).toEqual({ outcome: 'absent' });
  });

  it('is left at once when its caller aborts, in a rest as in a look', async () => {
    for (const at of [300, 700]) {
      const given = new AbortController();
      const { clock, settling } = setDoubt({ show: () => known, listMs: 1_000, doubt: { signal: given.signal } });
      const ended = rejection(settling.catch((error) => Promise.reject(RenderError.isInstance(error) ? error : reset)));
      await clock.advance(at);
      given.abort();
      await clock.run(ended);
      expect([clock.now() - START_MS, clock.pending]).toEqual([at, 0]);
    }
  });
});
