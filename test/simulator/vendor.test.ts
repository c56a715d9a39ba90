import { describe, expect, it } from 'vitest';
import { NO_FAULTS } from './faults.ts';
import { PROFILES, type ProfileName } from './profiles.ts';
import { createVendor, type Vendor } from './vendor.ts';
import { NO_LATENCY, type VendorOptions } from './vendor-options.ts';
import { createVirtualClock } from './virtual-clock.ts';
import { itemTag, type WireAnswer, type WireRequest } from './wire.ts';

function openVendor(profile: ProfileName, options: Partial<VendorOptions> = {}) {
  const clock = createVirtualClock();
  const renders = { meanSeconds: 30, variation: 0 };
  const vendor = createVendor(PROFILES[profile], {
    seed: 1,
    timeline: clock,
    renders,
    latency: NO_LATENCY,
    ...options,
  });
  const ask = async (request: WireRequest): Promise<WireAnswer> => {
    const outcome = await clock.run(vendor.handle(request));
    if (outcome.kind !== 'answer') throw new Error(outcome.kind);
    return outcome;
  };
  const wait = (seconds: number) => clock.run(clock.sleep(seconds * 1000));
  return { clock, vendor, ask, wait };
}

const movie = (item: number): WireRequest => ({
  method: 'POST',
  path: '/api/render',
  body: JSON.stringify({ scenes: [{ duration: 4, elements: [{ type: 'text', text: itemTag(item) }] }] }),
});
const command = (item: number, idempotencyKey?: string): WireRequest => ({
  method: 'POST',
  path: '/jobs',
  body: JSON.stringify({ type: 'ffmpeg', params: { command: itemTag(item) }, idempotencyKey }),
});
const LIST: WireRequest = { method: 'GET', path: '/api/jobs' };
const codeOf = ({ body }: WireAnswer) => (JSON.parse(body) as { error?: { code: string } }).error?.code;
const states = (vendor: Vendor) => vendor.jobs.map(({ state }) => state);

describe('the request limit', () => {
  it('refuses the eleventh request of a minute, with the time that is left of it', async () => {
    const { ask, wait, vendor } = openVendor('phantomflow-free');
    await wait(20);
    for (let request = 0; request < 10; request += 1) expect((await ask(LIST)).status).toBe(200);
    const refusal = await ask(LIST);
    expect(refusal).toMatchObject({ status: 429, headers: { 'retry-after': '40', 'x-ratelimit-remaining': '0' } });
    expect(codeOf(refusal)).toBe('RATE_LIMIT_EXCEEDED');
    await wait(40);
    expect((await ask(LIST)).headers['x-ratelimit-remaining']).toBe('9');
    expect(vendor.tally).toMatchObject({ total: 12, refusedRate: 1, requests: { list: 12 } });
  });

  it('begins a window at the first request where it is not aligned', async () => {
    const { ask, wait } = openVendor('phantomflow-free', { window: 'first' });
    await wait(50);
    for (let request = 0; request < 10; request += 1) await ask(LIST);
    await wait(30);
    expect((await ask(LIST)).status).toBe(429);
    await wait(30);
    expect((await ask(LIST)).status).toBe(200);
  });

  it('frees one place at a time where the window slides', async () => {
    const { ask, wait } = openVendor('phantomflow-free', { window: 'sliding' });
    for (let request = 0; request < 10; request += 1) {
      await ask(LIST);
      await wait(5);
    }
    expect((await ask(LIST)).status).toBe(429);
    await wait(10);
    expect((await ask(LIST)).status).toBe(200);
    expect((await ask(LIST)).status).toBe(429);
  });

  it('writes its times by its own clock', async () => {
    const { ask, clock } = openVendor('phantomflow-free', { skewMs: 3_600_000 });
    const { headers } = await ask(LIST);
    expect(Date.parse(headers.date ?? '') - clock.now()).toBe(3_600_000);
    expect(Number(headers['x-ratelimit-reset']) * 1000 - clock.now()).toBe(3_660_000);
  });
});

describe('the job limit', () => {
  it('refuses a third job on PhantomFlow Free until one has ended', async () => {
    const { ask, wait, vendor } = openVendor('phantomflow-free');
    await ask(movie(0));
    await wait(10);
    await ask(movie(1));
    const refusal = await ask(movie(2));
    expect([refusal.status, codeOf(refusal)]).toEqual([429, 'CONCURRENCY_LIMIT_EXCEEDED']);
    expect(refusal.headers['retry-after']).toBeUndefined();
    await wait(20);
    expect((await ask(movie(2))).status).toBe(202);
    expect(states(vendor)).toEqual(['complete', 'running', 'running']);
    expect(vendor.tally.refusedSlots).toBe(1);
  });

  it('queues on Rendobar, one after the other, and refuses what its backlog cannot hold', async () => {
    const { ask, wait, vendor } = openVendor('rendobar-free');
    for (let item = 0; item < 51; item += 1) expect((await ask(command(item))).status).toBe(201);
    expect(codeOf(await ask(command(51)))).toBe('QUEUE_FULL');
    await wait(75);
    expect(states(vendor).slice(0, 4)).toEqual(['complete', 'complete', 'running', 'waiting']);
    expect(vendor.peaks().jobs).toBe(1);
  });
});

describe('idempotency keys', () => {
  it('give the first job again', async () => {
    const { ask, vendor } = openVendor('rendobar-pro');
    const first = JSON.parse((await ask(command(0, 'k'))).body) as { data: { id: string } };
    const again = await ask(command(0, 'k'));
    expect(again.status).toBe(200);
    expect(JSON.parse(again.body)).toMatchObject({ data: { id: first.data.id, idempotent: true } });
    expect(vendor.jobs).toHaveLength(1);
  });

  it('are spent by a job that never ran', async () => {
    const { ask, wait, vendor } = openVendor('rendobar-pro', { faults: { ...NO_FAULTS, neverRan: 1 } });
    await ask(command(0, 'k'));
    await wait(1);
    const refusal = JSON.parse((await ask(command(0, 'k'))).body);
    expect(refusal).toMatchObject({ error: { code: 'CONFLICT', details: { jobId: vendor.jobs[0]?.id } } });
  });

  it('are pending while a lost submit is still being stored, and then give its job', async () => {
    const { ask, wait, vendor, clock } = openVendor('rendobar-pro', { faults: { ...NO_FAULTS, lateCommits: 1 } });
    expect(await clock.run(vendor.handle(command(0, 'k')))).toEqual({ kind: 'reset' });
    await wait(9);
    expect(vendor.jobs.map(({ item, idempotencyKey }) => [item, idempotencyKey])).toEqual([[0, 'k']]);
    expect((await ask({ method: 'GET', path: '/jobs' })).body).toContain(vendor.jobs[0]?.id);
  });
});

it('makes the k-th job last the same, whatever else was asked', async () => {
  const renders = { meanSeconds: 30, variation: 0.5 };
  const quiet = openVendor('phantomflow-pro', { renders });
  const busy = openVendor('phantomflow-pro', { renders, seed: 1 });
  for (let look = 0; look < 30; look += 1) await busy.ask(LIST);
  for (const { ask } of [quiet, busy]) for (let item = 0; item < 8; item += 1) await ask(movie(item));
  const durations = ({ vendor }: typeof quiet) => vendor.jobs.map(({ durationMs }) => durationMs);
  expect(durations(busy)).toEqual(durations(quiet));
  expect(new Set(durations(quiet)).size).toBe(8);
});

it('knows the item of every job by its tag', async () => {
  const { ask, vendor } = openVendor('phantomflow-pro');
  await ask(movie(17));
  await ask({ method: 'POST', path: '/api/render', body: '{"scenes":[{}]}' });
  expect(vendor.jobs.map(({ item }) => item)).toEqual([17, undefined]);
});

it('lists the newest first, in pages', async () => {
  const { ask, vendor } = openVendor('phantomflow-pro', { pageSize: 3 });
  for (let item = 0; item < 8; item += 1) await ask(movie(item));
  const listed = async (path: string) => {
    const { jobs } = JSON.parse((await ask({ method: 'GET', path })).body) as { jobs: { job_id: string }[] };
    return jobs.map(({ job_id }) => vendor.find(job_id)?.item);
  };
  expect(await listed('/api/jobs')).toEqual([7, 6, 5]);
  expect(await listed('/api/jobs?limit=4&offset=5')).toEqual([2, 1, 0]);
});

it('tells of an end by webhook, late, and not at all where it is lost', async () => {
  const heard: string[] = [];
  const options = { onWebhook: ({ body }: { readonly body: string }) => heard.push(body) };
  const { ask, wait, vendor } = openVendor('phantomflow-pro', options);
  const body = JSON.stringify({ scenes: [{}], webhook_uri: 'https://hooks.test/1' });
  await ask({ method: 'POST', path: '/api/render', body });
  await wait(30.2);
  expect(heard).toEqual([]);
  await wait(0.2);
  expect(heard.map((text) => JSON.parse(text))).toMatchObject([{ job_id: vendor.jobs[0]?.id, status: 'completed' }]);

  const lossy = openVendor('phantomflow-pro', { ...options, webhooks: { delayMs: 0, lost: 1, doubled: 0 } });
  await lossy.ask({ method: 'POST', path: '/api/render', body });
  await lossy.wait(60);
  expect(heard).toHaveLength(1);
  expect(lossy.vendor.tally.webhooksLost).toBe(1);
});

it('meets every kind of fault about as often as it is told to', async () => {
  const faults = { errors: 0.1, errorsAfterWork: 0.1, resets: 0.2, lateCommits: 0.1, silences: 0.2 };
  const { vendor, clock } = openVendor('rendobar-pro', { faults: { ...NO_FAULTS, ...faults } });
  for (let item = 0; item < 500; item += 1) {
    const outcome = clock.run(vendor.handle(command(item)));
    await outcome;
    await clock.run(clock.sleep(200));
  }
  const counts = vendor.tally.faults;
  for (const fault of ['error', 'error-after-work', 'reset-before', 'reset-after', 'late-commit'] as const) {
    expect(counts[fault], fault).toBeGreaterThan(25);
    expect(counts[fault], fault).toBeLessThan(80);
  }
});
