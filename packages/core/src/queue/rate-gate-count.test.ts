import { describe, expect, it } from 'vitest';
import type { RateWindow } from '../decode/rate-headers.ts';
import { createVirtualClock } from '../testing/virtual-clock.ts';
import { createRateGate, type RateGate, type Ticket } from './rate-gate.ts';

const RESET_MS = 50_000;

function setGate(requestsPerMinute = 10, isGuess = false) {
  const clock = createVirtualClock();
  const gate = createRateGate({ clock, random: () => 0.5, provider: 'phantomflow', requestsPerMinute, isGuess });
  const isOpen = () => gate.opensAt() <= clock.now();
  return { clock, gate, isOpen };
}

function pass(gate: RateGate): Ticket {
  const ticket = gate.tryPass();
  if (ticket === undefined) throw new Error('the gate is closed');
  return ticket;
}

/** Lets a request through whose answer tells of this window. */
function ask(gate: RateGate, window: RateWindow): void {
  gate.settle(pass(gate), { window });
}

describe('a gate that is tried', () => {
  it('gives a ticket at once or none, and never more than the window holds', () => {
    const { gate, isOpen } = setGate(3);
    expect([1, 2, 3, 4].map(() => gate.tryPass() !== undefined)).toEqual([true, true, true, false]);
    expect(isOpen()).toBe(false);
  });

  it('takes a ticket back as if nothing had been sent', () => {
    const { gate, isOpen } = setGate(1);
    const ticket = pass(gate);
    expect(isOpen()).toBe(false);
    gate.giveBack(ticket);
    expect(isOpen()).toBe(true);
    pass(gate);
    expect(isOpen()).toBe(false);
  });

  it('lets the next find out about a new window when its probe comes back unsent', async () => {
    const { clock, gate, isOpen } = setGate(100);
    ask(gate, { limit: 100, remaining: 0, resetInMs: 10_000 });
    await clock.advance(10_000);
    const probe = pass(gate);
    expect(gate.tryPass()).toBeUndefined();
    gate.giveBack(probe);
    expect(isOpen()).toBe(true);
    pass(gate);
    expect(gate.tryPass()).toBeUndefined();
  });

  it('wakes those who wait as soon as a ticket comes back', async () => {
    const { clock, gate } = setGate(1);
    const ticket = pass(gate);
    let passed = 0;
    const waiting = gate.pass(new AbortController().signal).then(() => {
      passed += 1;
    });
    await clock.advance(1_000);
    expect(passed).toBe(0);
    gate.giveBack(ticket);
    await clock.advance(0);
    expect([passed, clock.pending]).toEqual([1, 0]);
    await waiting;
  });

  it('rests for a share of the window after a probe that told nothing of it', async () => {
    const { clock, gate } = setGate(10);
    ask(gate, { limit: 10, remaining: 0, resetInMs: 10_000 });
    await clock.advance(10_000);
    gate.settle(pass(gate));
    // The last one is probe again: six seconds are a tenth of the window.
    expect(gate.opensAt()).toBe(clock.now() + 6_000);
    await clock.advance(6_000);
    ask(gate, { limit: 10, remaining: 9, resetInMs: 60_000 });
    expect(gate.opensAt()).toBe(clock.now());
  });
});

describe('the budget of a gate', () => {
  it('is what the window has left, less what is on the wire, until it resets', () => {
    const { clock, gate } = setGate(60);
    ask(gate, { limit: 60, remaining: 59, resetInMs: RESET_MS });
    expect(gate.budget()).toEqual({ requests: 59, until: clock.now() + RESET_MS });
    const tickets = [pass(gate), pass(gate)];
    expect(gate.budget().requests).toBe(57);
    for (const ticket of tickets) gate.giveBack(ticket);
    expect(gate.budget().requests).toBe(59);
  });

  it("is the plan's minute while no window is known, and the next one's while it is closed", async () => {
    const { clock, gate } = setGate(10);
    expect(gate.budget()).toEqual({ requests: 10, until: clock.now() + 60_000 });
    ask(gate, { limit: 10, remaining: 3, resetInMs: 5_000 });
    await clock.advance(5_000);
    expect(gate.budget()).toEqual({ requests: 10, until: clock.now() + 60_000 });
  });

  it('is larger than the guess of the smallest plan where answers tell no window', () => {
    const { gate } = setGate(10, true);
    expect([gate.budget().requests, gate.limit()]).toEqual([10, 10]);
    ask(gate, {});
    expect([gate.budget().requests, gate.limit()]).toEqual([60, 60]);
    gate.setLimit(20);
    expect([gate.budget().requests, gate.limit()]).toEqual([20, 20]);
  });

  it('leaves to others what they were seen to use', async () => {
    const { clock, gate } = setGate(60);
    // One of ours and three of others were counted: they get three quarters of what is left.
    ask(gate, { limit: 60, remaining: 56, resetInMs: RESET_MS });
    expect(gate.budget().requests).toBe(56 / 4);
    // Where all that was counted is ours, it is all for us.
    await clock.advance(RESET_MS);
    ask(gate, { limit: 60, remaining: 59, resetInMs: 60_000 });
    expect(gate.budget().requests).toBe(59);
  });

  it('loses what a lost answer may have cost', () => {
    const { gate } = setGate(60);
    ask(gate, { limit: 60, remaining: 59, resetInMs: RESET_MS });
    gate.settle(pass(gate));
    expect(gate.budget().requests).toBe(58);
    expect(gate.window()?.remaining).toBe(58);
  });
});

describe("the provider's count as a proof", () => {
  /** A window that has stood for ten seconds, with `others` requests of others, and a calm mark in it. */
  async function setWindow(others = 0) {
    const stage = setGate(60);
    const { clock, gate } = stage;
    let counted = others;
    const tell = (): RateWindow => ({ limit: 60, remaining: 60 - counted, resetInMs: RESET_MS - passed() });
    const start = clock.now();
    const passed = () => clock.now() - start;
    /** A request that arrives, whose answer tells the count. */
    const answered = () => {
      counted += 1;
      ask(gate, tell());
    };
    /** A request whose answer is lost, with the mark that was taken before. */
    const lose = async (arrives: boolean) => {
      const mark = gate.mark();
      const ticket = pass(gate);
      if (arrives) counted += 1;
      await clock.advance(20);
      gate.settle(ticket);
      return () => gate.arrival(mark);
    };
    const byOthers = () => {
      counted += 1;
    };
    await clock.advance(1_000);
    answered();
    await clock.advance(3_000);
    return { ...stage, answered, lose, byOthers };
  }

  it('is none where the provider tells no window', () => {
    const { gate } = setGate();
    const ticket = pass(gate);
    gate.settle(ticket);
    expect([gate.mark(), gate.arrival(undefined)]).toEqual([undefined, undefined]);
  });

  it.each([0, 7])(
    'shows that a lost request never arrived, with %i requests of others in the window',
    async (others) => {
      const { answered, lose } = await setWindow(others);
      const early = await lose(false);
      answered();
      // Too few counts have been seen to know that this provider's are prompt.
      expect(early()).toBe('hardly');
      for (let n = 0; n < 20; n += 1) answered();
      const arrival = await lose(false);
      answered();
      expect(arrival()).toBe('never');
    },
  );

  it.each([0, 7])('shows that a lost request arrived, with %i requests of others before it', async (others) => {
    const { answered, lose } = await setWindow(others);
    const arrival = await lose(true);
    answered();
    expect(arrival()).toBe('arrived');
  });

  it('never says that it did not arrive where it did, whatever others do meanwhile', async () => {
    const { answered, lose, byOthers } = await setWindow();
    const arrival = await lose(true);
    byOthers();
    answered();
    expect(['never', 'hardly']).not.toContain(arrival());
  });

  it('does not claim that it never arrived where others were counted in its place', async () => {
    const { answered, lose, byOthers } = await setWindow();
    const arrival = await lose(false);
    byOthers();
    answered();
    expect(['never', 'hardly']).not.toContain(arrival());
  });

  it('cannot tell which of two lost requests arrived', async () => {
    const { answered, lose } = await setWindow();
    const first = await lose(true);
    const second = await lose(false);
    answered();
    expect([first(), second()]).toEqual(['unclear', 'unclear']);
  });

  it('is none any more once the window has turned', async () => {
    const { clock, gate, lose } = await setWindow();
    const arrival = await lose(true);
    await clock.advance(RESET_MS);
    expect(arrival()).toBe('unclear');
    ask(gate, { limit: 60, remaining: 59, resetInMs: 60_000 });
    expect(arrival()).toBe('unclear');
  });

  it('takes no mark while anything is on the wire', async () => {
    const { gate, answered, clock } = await setWindow();
    const before = gate.mark();
    expect(before).toBeDefined();
    const open = pass(gate);
    await clock.advance(100);
    answered();
    expect(gate.mark()).toEqual(before);
    gate.giveBack(open);
  });

  it('tells of others once the window holds more than was sent from here', async () => {
    const alone = await setWindow();
    await alone.clock.advance(10_000);
    for (let n = 0; n < 3; n += 1) alone.answered();
    expect(alone.gate.othersSeenAt()).toBe(Number.NEGATIVE_INFINITY);
    alone.byOthers();
    alone.answered();
    expect(alone.gate.othersSeenAt()).toBe(alone.clock.now());
  });
});
