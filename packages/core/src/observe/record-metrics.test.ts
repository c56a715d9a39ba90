import type { Meter } from '@opentelemetry/api';
import {
  AggregationTemporality,
  type DataPoint,
  type Histogram,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { describe, expect, it } from 'vitest';
import type { AccountEvent, AccountListener } from '../contract/account-event.ts';
import { inTurn } from '../testing/answers.ts';
import { createPhantomServer } from '../testing/phantom-server.ts';
import { COMMAND, MOVIE, rejection, setStage, TEST_KEY } from '../testing/scripted-client.ts';
import { errorAnswer } from '../testing/scripted-transport.ts';
import { EVENTS } from './__fixtures__/every-event.ts';
import { type MeasuredClient, recordMetrics } from './record-metrics.ts';

interface Series {
  readonly unit: string;
  readonly points: readonly { readonly attributes: object; readonly value: unknown }[];
}

/** The SDK of OpenTelemetry with an exporter that keeps what it was sent. */
function createMeterStage() {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const meters = new MeterProvider({ readers: [reader] });
  const meter: Meter = meters.getMeter('renderq-test');
  return {
    meter,
    async read(): Promise<ReadonlyMap<string, Series>> {
      exporter.reset();
      await meters.forceFlush();
      const metrics = exporter
        .getMetrics()
        .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
      return new Map(
        metrics.map(({ descriptor, dataPoints }) => [
          descriptor.name,
          {
            unit: descriptor.unit,
            points: (dataPoints as DataPoint<unknown>[]).map(({ attributes, value }) => ({ attributes, value })),
          },
        ]),
      );
    },
    close: () => meters.shutdown(),
  };
}

/** An account that says what the test lets it say. */
function createSpeaker(): MeasuredClient & {
  say(event: AccountEvent): void;
  readonly listeners: Set<AccountListener>;
} {
  const { client } = setStage('phantomflow', inTurn({}));
  const listeners = new Set<AccountListener>();
  return {
    provider: client.provider,
    state: client.state,
    listeners,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    say(event) {
      for (const listener of listeners) listener(event);
    },
  };
}

describe('recordMetrics', () => {
  it('counts what a busy account did, and tells where it stands', async () => {
    const limits = { requestsPerMinute: 60, concurrentJobs: 2 };
    const { clock, client } = setStage(
      'phantomflow',
      (time) => createPhantomServer(time, { ...limits, jobMs: 30_000 }).handle,
      { limits },
    );
    const stage = createMeterStage();
    recordMetrics(client, stage.meter);
    const submits = Promise.all(Array.from({ length: 5 }, () => client.submit(MOVIE)));
    await clock.advance(1_000);

    const busy = await stage.read();
    const account = { 'renderq.provider': 'phantomflow' };
    expect(busy.get('renderq.slots.taken')).toEqual({ unit: '{slot}', points: [{ attributes: account, value: 2 }] });
    expect(busy.get('renderq.slots.capacity')?.points).toEqual([{ attributes: account, value: 2 }]);
    expect(busy.get('renderq.queue.waiting')?.points).toEqual([{ attributes: account, value: 3 }]);
    expect(busy.get('renderq.rate_limit.limit')?.points).toEqual([{ attributes: account, value: 60 }]);
    expect(busy.get('renderq.rate_limit.remaining')?.points[0]?.value).toBe(client.state().window.remaining);
    expect(busy.get('renderq.breaker.open')?.points).toEqual([{ attributes: account, value: 0 }]);

    const jobs = await clock.run(submits);
    await clock.run(Promise.all(jobs.map(({ id }) => client.wait(id))));
    const done = await stage.read();
    await stage.close();
    const submitted = { ...account, 'renderq.purpose': 'submit', 'renderq.outcome': 'ok' };
    expect(done.get('renderq.requests')?.points).toContainEqual({ attributes: submitted, value: 5 });
    expect(done.get('renderq.jobs.ended')).toEqual({
      unit: '{job}',
      points: [{ attributes: { ...account, 'renderq.job.state': 'succeeded' }, value: 5 }],
    });
    const age = done.get('renderq.job.age');
    expect(age?.unit).toBe('s');
    expect(age?.points[0]?.value).toMatchObject({ count: 5, min: expect.toSatisfy((s: number) => s >= 29 && s < 60) });
    const took = done.get('renderq.request.duration');
    expect(took?.unit).toBe('s');
    const duration = took?.points.find(({ attributes }) => 'renderq.purpose' in attributes)?.value as Histogram;
    expect(duration.min).toBeCloseTo(0.02);
    expect(duration.buckets.boundaries).toContain(0.025);
    expect(done.get('renderq.slots.taken')?.points[0]?.value).toBe(0);
    expect(done.has('renderq.rate_limit.refusals')).toBe(false);
  });

  it('counts a refusal by the rate limit apart from the errors', async () => {
    const refused = errorAnswer(429, 'RATE_LIMIT_EXCEEDED', {}, { 'retry-after': '7' });
    const { clock, client } = setStage(
      'phantomflow',
      inTurn(refused, { body: { job_id: 'pf-1', status: 'completed' } }),
    );
    const stage = createMeterStage();
    recordMetrics(client, stage.meter, { attributes: { 'app.account': 'east' } });
    await clock.run(client.get('pf-1'));
    const read = await stage.read();
    await stage.close();
    const common = { 'app.account': 'east', 'renderq.provider': 'phantomflow' };
    const call = { ...common, 'renderq.purpose': 'call' };
    expect(read.get('renderq.rate_limit.refusals')?.points).toEqual([{ attributes: call, value: 1 }]);
    expect(read.get('renderq.requests')?.points).toEqual([
      { attributes: { ...call, 'renderq.outcome': 'refused', 'error.type': 'RATE_LIMITED' }, value: 1 },
      { attributes: { ...call, 'renderq.outcome': 'ok' }, value: 1 },
    ]);
    expect(read.get('renderq.rate_limit.closures')?.points).toEqual([
      { attributes: { ...common, 'renderq.reason': 'refused' }, value: 1 },
    ]);
  });

  it('does not take a caller who gave up for an error of the provider', async () => {
    const { clock, client } = setStage('rendobar', inTurn({ status: 500 }));
    const stage = createMeterStage();
    recordMetrics(client, stage.meter);
    const abort = new AbortController();
    const aborted = rejection(client.get('job_1', { signal: abort.signal }));
    await clock.advance(5);
    abort.abort();
    await clock.run(aborted);
    const prevented = client.submit(COMMAND, {
      onSend() {
        throw new Error('not now');
      },
    });
    await expect(clock.run(prevented)).rejects.toThrow('not now');
    const read = await stage.read();
    await stage.close();
    const outcomes = read.get('renderq.requests')?.points.map(({ attributes }) => attributes);
    expect(outcomes).toEqual([
      expect.objectContaining({ 'renderq.purpose': 'call', 'renderq.outcome': 'aborted', 'error.type': 'CANCELLED' }),
      expect.objectContaining({ 'renderq.purpose': 'submit', 'renderq.outcome': 'aborted' }),
    ]);
  });

  it('never makes an attribute of an id, an owner, a text or a key, and names every instrument with a unit', async () => {
    const speaker = createSpeaker();
    const stage = createMeterStage();
    recordMetrics(speaker, stage.meter);
    for (const event of EVENTS) speaker.say(event);
    const read = await stage.read();
    await stage.close();
    const text = JSON.stringify([...read]);
    for (const secret of ['job-secret', 'owner-secret', 'message-secret', 'req-secret', TEST_KEY, 'http']) {
      expect(text).not.toContain(secret);
    }
    expect([...read.keys()].sort()).toEqual(INSTRUMENTS);
    for (const [name, { unit }] of read) expect(unit, name).toMatch(/^(s|1|\{[a-z]+\})$/);
  });

  it('keeps as many series however many jobs, owners and words of a provider it meets', async () => {
    const speaker = createSpeaker();
    const stage = createMeterStage();
    recordMetrics(speaker, stage.meter);
    const size = async () => [...(await stage.read()).values()].flatMap(({ points }) => points).length;
    for (const event of EVENTS) speaker.say(event);
    speaker.say({ type: 'job-ended', at: 1, jobId: 'first', state: 'a word of the provider' });
    const before = await size();
    for (let n = 0; n < 50; n += 1) {
      for (const event of EVENTS) speaker.say({ ...event, ...('jobId' in event && { jobId: `job-${n}` }) });
      speaker.say({ type: 'submit-queued', at: n, owner: `owner-${n}`, waiting: n });
      speaker.say({ type: 'job-ended', at: n, jobId: `job-${n}`, state: `state-${n}` });
    }
    expect(await size()).toBe(before);
    await stage.close();
  });

  it('ends both the events and the gauges', async () => {
    const speaker = createSpeaker();
    const stage = createMeterStage();
    const stop = recordMetrics(speaker, stage.meter);
    speaker.say({ type: 'slot-refused', at: 0, allowed: 1, nextAttemptAt: 5 });
    stop();
    speaker.say({ type: 'slot-refused', at: 0, allowed: 1, nextAttemptAt: 5 });
    const read = await stage.read();
    await stage.close();
    expect(speaker.listeners.size).toBe(0);
    expect(read.get('renderq.slots.refusals')?.points[0]?.value).toBe(1);
    expect(read.get('renderq.slots.taken')?.points ?? []).toEqual([]);
  });

  it('asks for a client and a meter by name', () => {
    const { client } = setStage('phantomflow', inTurn({}));
    expect(() => recordMetrics(client, {} as Meter)).toThrow(
      expect.objectContaining({ record: expect.objectContaining({ code: 'INVALID_REQUEST', field: 'createCounter' }) }),
    );
  });
});

const INSTRUMENTS = [
  'renderq.account.stops',
  'renderq.breaker.open',
  'renderq.breaker.trips',
  'renderq.job.age',
  'renderq.jobs.ended',
  'renderq.jobs.watched',
  'renderq.look.jobs',
  'renderq.queue.owners',
  'renderq.queue.waiting',
  'renderq.rate_limit.closures',
  'renderq.rate_limit.limit',
  'renderq.rate_limit.refusals',
  'renderq.request.duration',
  'renderq.requests',
  'renderq.retries',
  'renderq.slots.allowed',
  'renderq.slots.capacity',
  'renderq.slots.foreign',
  'renderq.slots.refusals',
  'renderq.slots.taken',
  'renderq.submits.in_doubt',
  'renderq.submits.pauses',
  'renderq.submits.queued',
  'renderq.submits.settled',
];
