import { describe, expect, it } from 'vitest';
import { RenderError } from '../errors/render-error.ts';
import { createVirtualClock } from '../testing/virtual-clock.ts';
import { createRateGate, type Ticket } from './rate-gate.ts';

const never = new AbortController().signal;

function setGate(requestsPerMinute: number) {
  const clock = createVirtualClock();
  const gate = createRateGate({ clock, random: () => 0.5, provider: 'phantomflow', requestsPerMinute });
  /** Lets one request through and gives the time at which it passed. */
  const pass = async () => {
    const ticket = await clock.run(gate.pass(never));
    return ticket;
  };
  return { clock, gate, pass };
}

const limited = (retryAfterMs?: number) =>
  new RenderError({
    code: 'RATE_LIMITED',
    message: 'slow down',
    providerCode: 'RATE_LIMIT_EXCEEDED',
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });

describe('the rate gate', () => {
  it("lets the plan's requests through in any minute until headers tell better", async () => {
    const { clock, gate, pass } = setGate(3);
    const start = clock.now();
    const times: number[] = [];
    for (let n = 0; n < 7; n += 1) {
      const ticket = await pass();
      times.push(ticket.sentAt - start);
      gate.settle(ticket, { window: {} });
    }
    expect(times).toEqual([0, 0, 0, 60_500, 60_500, 60_500, 121_000]);
  });

  it('believes the headers over the plan, down to the last request', async () => {
    const { clock, gate, pass } = setGate(100);
    const first = await pass();
    gate.settle(first, { window: { limit: 5, remaining: 2, resetInMs: 40_000 } });
    expect(gate.limit()).toBe(5);
    const start = clock.now();
    const second = await pass();
    const third = await pass();
    expect([second.sentAt, third.sentAt]).toEqual([start, start]);
    expect(gate.opensAt()).toBe(start + 40_000);
  });

  it('takes requests in flight off what is left', async () => {
    const { gate, pass, clock } = setGate(100);
    const tickets: Ticket[] = [await pass(), await pass(), await pass()];
    const [first] = tickets;
    if (first !== undefined) gate.settle(first, { window: { remaining: 2, resetInMs: 30_000 } });
    expect(gate.opensAt()).toBe(clock.now() + 30_000);
  });

  it('keeps the lowest count and the earliest reset of one window', async () => {
    const { gate, pass, clock } = setGate(100);
    const [a, b] = [await pass(), await pass()];
    gate.settle(b, { window: { remaining: 0, resetInMs: 30_000 } });
    gate.settle(a, { window: { remaining: 1, resetInMs: 30_900 } });
    expect(gate.opensAt()).toBe(clock.now() + 30_000);
  });

  it('sends one request into a new window before the others follow', async () => {
    const { gate, pass, clock } = setGate(100);
    gate.settle(await pass(), { window: { limit: 10, remaining: 0, resetInMs: 10_000 } });
    const probe = await pass();
    const opened = probe.sentAt;
    let passed = 0;
    const others = [1, 2, 3].map(async () => {
      await gate.pass(never);
      passed += 1;
    });
    await clock.advance(1_000);
    expect(passed).toBe(0);
    gate.settle(probe, { window: { limit: 10, remaining: 9, resetInMs: 59_000 } });
    await clock.run(Promise.all(others));
    expect(clock.now()).toBe(opened + 1_000);
  });

  it('does not wait for ever for a request whose answer never comes', async () => {
    const { gate, pass } = setGate(100);
    gate.settle(await pass(), { window: { remaining: 0, resetInMs: 10_000 } });
    const probe = await pass();
    const next = await pass();
    expect(next.sentAt - probe.sentAt).toBe(5_000);
  });

  it("closes for the server's time and gives its refusal meanwhile", async () => {
    const { gate, pass, clock } = setGate(100);
    const refused = await pass();
    gate.settle(refused, { window: {}, refusal: limited(8_000) });
    expect(gate.refusal().record).toMatchObject({
      code: 'RATE_LIMITED',
      providerCode: 'RATE_LIMIT_EXCEEDED',
      retryAfterMs: 8_125,
    });
    const start = clock.now();
    expect((await pass()).sentAt - start).toBe(8_125);
  });

  it('backs off further with every refusal that names no time, and forgets them after a success', async () => {
    const { gate, pass, clock } = setGate(100);
    const waits: number[] = [];
    let ticket = await pass();
    for (let n = 0; n < 5; n += 1) {
      gate.settle(ticket, { window: {}, refusal: limited() });
      const start = clock.now();
      ticket = await pass();
      waits.push(ticket.sentAt - start);
    }
    expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000]);
    gate.settle(ticket, { window: {} });
    const again = await pass();
    gate.settle(again, { window: {}, refusal: limited() });
    const start = clock.now();
    expect((await pass()).sentAt - start).toBe(250);
  });

  it('counts a burst that was refused together as one refusal', async () => {
    const { gate, pass, clock } = setGate(100);
    const burst = [await pass(), await pass(), await pass(), await pass()];
    for (const ticket of burst) gate.settle(ticket, { window: {}, refusal: limited() });
    expect(gate.opensAt() - clock.now()).toBe(250);
  });

  it('stays closed although an answer from before the refusal says there is room', async () => {
    const { gate, pass, clock } = setGate(100);
    const [early, refused] = [await pass(), await pass()];
    gate.settle(refused, { window: {}, refusal: limited(30_000) });
    gate.settle(early, { window: { remaining: 50, resetInMs: 50_000 } });
    expect(gate.opensAt()).toBeGreaterThanOrEqual(clock.now() + 30_000);
    // Nor does that answer spare the time after: one request goes first.
    await pass();
    expect(gate.opensAt()).toBe(clock.now() + 5_000);
  });

  it('gives an error of its own when no refusal holds', async () => {
    const { gate, pass } = setGate(1);
    await pass();
    expect(gate.refusal().record).toMatchObject({
      code: 'RATE_LIMITED',
      retryAfterMs: 60_500,
      provider: 'phantomflow',
    });
    expect(gate.refusal().record).not.toHaveProperty('providerCode');
  });
});
