import { describe, expect, it } from 'vitest';
import { accepted, inTurn } from './testing/answers.ts';
import { COMMAND, MOVIE, rejection, setStage } from './testing/scripted-client.ts';
import { errorAnswer } from './testing/scripted-transport.ts';

const nothing = () => undefined;

describe('a full backlog of the provider', () => {
  it('refuses the submit that met it, and holds the line for the others until there is room', async () => {
    let isFull = false;
    let jobs = 0;
    const { clock, client, wire } = setStage(
      'rendobar',
      () =>
        ({ method }) => {
          if (method !== 'POST') return { body: { data: [] } };
          if (isFull) return errorAnswer(429, 'QUEUE_FULL');
          jobs += 1;
          return { status: 201, body: { data: { id: `job_${jobs}`, status: 'complete' } } };
        },
      { limits: { requestsPerMinute: 6_000, concurrentJobs: 1 } },
    );
    isFull = true;
    const submits = Array.from({ length: 20 }, () => client.submit(COMMAND));
    const outcomes = Promise.allSettled(submits);
    await clock.advance(1_000);
    const early = wire.requests.filter(({ method }) => method === 'POST').length;
    // Those that the plan has room for were on the wire together; the others were not thrown after them.
    expect(early).toBeLessThanOrEqual(3);
    isFull = false;
    const settled = await clock.run(outcomes);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(20 - early);
  });
});

describe('an account that others have used before', () => {
  it('sends one request first, to hear how the window stands, before the others follow', async () => {
    const spent = { 'x-ratelimit-limit': '60', 'x-ratelimit-remaining': '0' };
    const { clock, client, wire } = setStage('phantomflow', (time) => () => ({
      headers: {
        date: new Date(time.now()).toUTCString(),
        'x-ratelimit-reset': String(Math.ceil(time.now() / 1000) + 30),
        ...spent,
      },
      body: { job_id: 'j', status: 'processing' },
    }));
    const looks = Array.from({ length: 30 }, () => client.get('j', { maxQueueMs: 1_000 }).then(nothing, nothing));
    await clock.run(Promise.all(looks));
    expect(wire.requests).toHaveLength(1);
  });
});

describe('clients of one account', () => {
  it('never cut short the attempts of another by a lesser patience', async () => {
    const { clock, client, another, wire } = setStage('phantomflow', inTurn({ fault: 'timeout' }, accepted), {
      timeoutMs: 20_000,
    });
    another({ timeoutMs: 1_000 });
    const looking = client.get('j-1').then(nothing, nothing);
    await clock.advance(15_000);
    // Still the first attempt: one of a second would have been repeated by now.
    expect(wire.requests).toHaveLength(1);
    await clock.run(looking);
  });

  it('refuse many that share a signal when it aborts, and leave nothing behind', async () => {
    const { clock, client, wire } = setStage('phantomflow', inTurn(accepted), { limits: { concurrentJobs: 1 } });
    await clock.run(client.submit(MOVIE));
    const caller = new AbortController();
    const submits = Array.from({ length: 500 }, () => rejection(client.submit(MOVIE, { signal: caller.signal })));
    const other = client.submit(MOVIE, { maxQueueMs: 1_000 }).catch((error: unknown) => error);
    await clock.advance(100);
    caller.abort();
    for (const error of await clock.run(Promise.all(submits))) expect(error.code).toBe('CANCELLED');
    expect(client.state().queue.waiting).toBe(1);
    expect(await clock.run(other)).toMatchObject({ code: 'CONCURRENCY_LIMITED' });
    expect(wire.log().filter((line) => line.startsWith('POST'))).toHaveLength(1);
  });
});

describe('webhooks that come again and again', () => {
  it('cost a running job a handful of looks a minute', async () => {
    const running = { body: { job_id: 'pf-1', status: 'processing' } };
    const { clock, client, wire } = setStage(
      'phantomflow',
      () =>
        ({ method }) =>
          method === 'POST' ? accepted : running,
      { limits: { requestsPerMinute: 600 } },
    );
    const job = await clock.run(client.submit({ ...MOVIE, webhook_uri: 'https://hooks.example/pf' }));
    const waiting = client.wait(job.id, { timeoutMs: 300_000 }).catch(() => undefined);
    await clock.advance(60_000);
    const before = wire.requests.length;
    await clock.advance(60_000);
    const usual = wire.requests.length - before;
    for (let n = 0; n < 1_200; n += 1) {
      client.announce(job.id);
      await clock.advance(50);
    }
    expect(wire.requests.length - before - usual).toBeLessThanOrEqual(usual + 8);
    await clock.advance(200_000);
    await waiting;
  });
});
