import { describe, expect, it } from 'vitest';
import type { AccountEvent, RequestPurpose } from '../contract/account-event.ts';
import { RenderError } from '../errors/render-error.ts';
import { createPQueueLane } from '../host/p-queue-lane.ts';
import { createAccountEvents } from '../observe/account-events.ts';
import { phantomflow } from '../providers/phantomflow/index.ts';
import { createBreaker } from '../retry/breaker.ts';
import { rejection } from '../testing/scripted-client.ts';
import { type Answer, createScriptedTransport, errorAnswer, type Fault } from '../testing/scripted-transport.ts';
import { createVirtualClock } from '../testing/virtual-clock.ts';
import { createRateGate } from './rate-gate.ts';
import { createRequestDesk, type RequestPlan } from './request-desk.ts';
import { createServerClock } from './server-clock.ts';

const down = errorAnswer(503, 'INTERNAL_ERROR');
const ok: Answer = { body: {} };

function setRequests(answer: (path: string, index: number) => Answer | Fault, requestsPerMinute = 1_000) {
  const clock = createVirtualClock();
  const wire = createScriptedTransport(clock, ({ url }, index) => answer(new URL(url).pathname, index));
  const random = () => 0;
  const events = createAccountEvents(clock);
  const told: AccountEvent[] = [];
  events.subscribe((event) => told.push(event));
  const gate = createRateGate({ clock, random, provider: 'phantomflow', requestsPerMinute });
  const breaker = createBreaker({ clock, random, onChange: () => {} });
  const ports = { transport: wire.transport, clock, random, lanes: createPQueueLane };
  const serverClock = createServerClock();
  const endpoint = {
    provider: phantomflow,
    baseUrl: 'https://api.example',
    apiKey: 'key',
    transport: wire.transport,
    timeoutMs: 30_000,
  };
  const desk = createRequestDesk({ endpoint: () => endpoint, ports, gate, breaker, serverClock, events });
  const send = (path: string, purpose: RequestPurpose, more: Partial<RequestPlan> = {}, attempts = 0) =>
    desk.send(
      { method: 'GET', path: `/${path}` },
      { purpose, until: clock.now() + 600_000, ...more },
      ({ status }) => status,
      attempts,
      () => {},
    );
  const trip = async () => {
    for (let n = 0; n < 5; n += 1) await clock.run(rejection(send('trip', 'call')));
    wire.requests.length = 0;
  };
  const paths = () => wire.log().map((line) => line.replace('GET /', ''));
  return { clock, wire, gate, breaker, serverClock, told, send, trip, paths };
}

describe('the request desk', () => {
  it('sends at once, side by side, while the gate is open and nobody waits', async () => {
    const { clock, send, wire } = setRequests(() => ok);
    const start = clock.now();
    await clock.run(Promise.all(Array.from({ length: 10 }, (_, n) => send(String(n), 'call'))));
    expect(wire.requests.map(({ at }) => at - start)).toEqual(Array(10).fill(0));
    expect(clock.now() - start).toBe(20);
  });

  it('lets what settles a doubt go first, then submits, announced looks, calls and looks', async () => {
    const refused = errorAnswer(429, 'RATE_LIMIT_EXCEEDED', {}, { 'retry-after': '5' });
    const { clock, send, paths } = setRequests((_path, index) => (index === 0 ? refused : ok));
    await clock.run(rejection(send('refused', 'call')));
    // The first in line stands at the gate already.
    const sending = [send('first', 'look')];
    await clock.advance(0);
    sending.push(send('look', 'look'), send('call', 'call'), send('announced', 'look', { isAnnounced: true }));
    sending.push(send('submit', 'submit'), send('settle', 'settle'));
    await clock.run(Promise.all(sending));
    expect(paths()).toEqual(['refused', 'first', 'settle', 'submit', 'announced', 'call', 'look']);
  });

  it('lets nobody overtake the line in the instant in which the gate opens', async () => {
    const refused = errorAnswer(429, 'RATE_LIMIT_EXCEEDED', {}, { 'retry-after': '5' });
    const { clock, gate, send, paths } = setRequests((_path, index) => (index === 0 ? refused : ok));
    await clock.run(rejection(send('refused', 'call')));
    const opening = clock.sleep(gate.opensAt() - clock.now()).then(() => send('overtakes', 'look'));
    const waiting = send('waits', 'submit');
    await clock.run(Promise.all([opening, waiting]));
    expect(paths()).toEqual(['refused', 'waits', 'overtakes']);
  });

  it('refuses at once what would have to wait longer than it may, and tells of every other wait', async () => {
    const { clock, send, told, wire } = setRequests(() => ok, 1);
    await clock.run(send('spends', 'call'));
    const notices: unknown[] = [];
    const start = clock.now();
    const error = await clock.run(rejection(send('hurried', 'call', { until: start + 1_000 })));
    expect(error.record).toMatchObject({ code: 'RATE_LIMITED' });
    expect(clock.now()).toBe(start);
    const waited = clock.run(send('patient', 'call', { onQueued: (notice) => notices.push(notice) }));
    await waited;
    expect(notices).toEqual([expect.objectContaining({ reason: 'rate', nextAttemptAt: start + 60_480 })]);
    expect(wire.requests).toHaveLength(2);
    expect(told.filter(({ type }) => type === 'gate-closed')).toEqual([
      expect.objectContaining({ reason: 'spent', until: start + 60_480 }),
    ]);
  });

  it('closes the gate for a refusal, and says so', async () => {
    const refused = errorAnswer(429, 'RATE_LIMIT_EXCEEDED', {}, { 'retry-after': '5' });
    const { clock, gate, send, told } = setRequests((_path, index) => (index === 0 ? refused : ok));
    await clock.run(rejection(send('refused', 'call')));
    expect(gate.opensAt()).toBe(clock.now() + 5_000);
    await clock.run(send('next', 'call'));
    expect(told.find(({ type }) => type === 'gate-closed')).toMatchObject({ reason: 'refused' });
  });

  it('takes nothing off the window for a request that did not leave', async () => {
    const { clock, send, gate } = setRequests((_path, index) => (index === 0 ? { fault: 'refused' } : ok), 1);
    await clock.run(rejection(send('unsent', 'call')));
    expect(gate.opensAt()).toBeLessThanOrEqual(clock.now());
    const start = clock.now();
    await clock.run(send('sent', 'call'));
    expect(clock.now() - start).toBe(20);
    expect(gate.opensAt()).toBeGreaterThan(clock.now());
  });

  it('gives the turn of a caller that leaves the line to the next, and leaves no timer', async () => {
    const { clock, send, paths } = setRequests(() => ok, 1);
    await clock.run(send('spends', 'call'));
    const given = new AbortController();
    const left = rejection(send('left', 'call', { signal: given.signal }));
    const behind = send('behind', 'call');
    await clock.advance(1_000);
    given.abort();
    expect((await clock.run(left)).code).toBe('CANCELLED');
    await clock.run(behind);
    expect([paths(), clock.pending]).toEqual([['spends', 'behind'], 0]);
  });

  it("hears the provider's clock in every answer", async () => {
    const { clock, send, serverClock } = setRequests(() => ({ ...down, headers: { date: new Date(0).toUTCString() } }));
    await clock.run(rejection(send('any', 'call')));
    expect(serverClock.at(clock.now())).toBe(0);
  });

  it('tells of every attempt what it was for, how long it took and how it ended', async () => {
    const { clock, send, told } = setRequests((path) => (path === '/lost' ? { fault: 'reset' } : ok));
    await clock.run(send('fine', 'look'));
    await clock.run(rejection(send('lost', 'submit')));
    expect(told).toEqual([
      { at: expect.any(Number), type: 'request', purpose: 'look', method: 'GET', durationMs: 20, httpStatus: 200 },
      expect.objectContaining({ purpose: 'submit', error: expect.objectContaining({ code: 'NETWORK' }) }),
    ]);
    expect(told[1]).not.toHaveProperty('httpStatus');
  });
});

describe('the request desk while the provider is down', () => {
  it('holds back looks and repeats, and neither a new call nor a new submit', async () => {
    const { clock, send, trip, paths } = setRequests(() => down);
    await trip();
    const start = clock.now();
    const held = [rejection(send('look', 'look')), rejection(send('repeat', 'call', {}, 1))];
    await clock.advance(100);
    expect(paths()).toEqual([]);
    await clock.run(rejection(send('call', 'call')));
    expect(clock.now() - start).toBeLessThan(200);
    expect(paths()).toEqual(['call']);
    void held;
  });

  it('lets one of those that wait find out, and the others follow once it was answered', async () => {
    let isDown = true;
    const { clock, send, trip, wire } = setRequests(() => (isDown ? down : ok));
    await trip();
    isDown = false;
    const start = clock.now();
    await clock.run(Promise.all(Array.from({ length: 4 }, (_, n) => send(String(n), 'look'))));
    const [first, ...others] = wire.requests.map(({ at }) => at - start);
    expect(first).toBe(4_980 + 20);
    expect(others).toEqual([5_020, 5_020, 5_020]);
  });

  it('tells those that wait what they wait for, and refuses those that cannot', async () => {
    const { clock, send, trip } = setRequests(() => down);
    await trip();
    const notices: unknown[] = [];
    void rejection(send('waits', 'look', { onQueued: (notice) => notices.push(notice) }));
    const start = clock.now();
    const error = await clock.run(rejection(send('hurried', 'look', { until: start + 1_000 })));
    expect(error.record).toMatchObject({ code: 'PROVIDER_ERROR', retryAfterMs: 5_000 });
    expect(notices).toEqual([
      expect.objectContaining({ reason: 'outage', nextAttemptAt: start + 5_000, error: expect.anything() }),
    ]);
  });

  it('counts no answer that is the fault of the request or of the job', async () => {
    const answers = [
      errorAnswer(400, 'VALIDATION_ERROR'),
      errorAnswer(500, 'RENDER_FAILED'),
      errorAnswer(404, 'NOT_FOUND'),
    ];
    const { clock, send, breaker } = setRequests((_path, index) => answers[index % 3] ?? ok);
    for (let n = 0; n < 12; n += 1) await clock.run(rejection(send('any', 'call')));
    expect(breaker.opensAt()).toBe(0);
    expect(RenderError.isInstance(breaker.lastError())).toBe(false);
  });

  it('counts dead wires and the pages of a gateway', async () => {
    for (const answer of [{ fault: 'reset' }, { status: 502, body: '<html>' }] as const) {
      const { clock, trip, breaker } = setRequests(() => answer);
      await trip();
      expect(breaker.opensAt()).toBeGreaterThan(clock.now());
    }
  });
});
