import { describe, expect, it } from 'vitest';
import type { AccountEvent } from './contract/account-event.ts';
import type { SubmitOptions } from './contract/client.ts';
import { createPhantomServer } from './testing/phantom-server.ts';
import { MOVIE, setStage } from './testing/scripted-client.ts';

/** An account with one job slot, whose jobs take 20 s. */
function setOneSlot(requestsPerMinute = 600) {
  const limits = { requestsPerMinute, concurrentJobs: 1 };
  const stage = setStage('phantomflow', (time) => createPhantomServer(time, { ...limits, jobMs: 20_000 }).handle, {
    limits,
  });
  const events: AccountEvent[] = [];
  stage.client.subscribe((event) => events.push(event));
  const order: string[] = [];
  const submit = (name: string, options: SubmitOptions = {}) =>
    stage.client.submit(MOVIE, { ...options, onSend: () => order.push(name) });
  return { ...stage, events, order, submit };
}

describe('the order of submits', () => {
  it('lets owners take turns, so that one of many jobs does not hold up one of few', async () => {
    const { clock, order, submit } = setOneSlot();
    const many = Array.from({ length: 4 }, (_, n) => submit(`many-${n}`, { owner: 'run' }));
    const few = [submit('chat-0', { owner: 'chat' }), submit('chat-1', { owner: 'chat' })];
    await clock.run(Promise.all([...many, ...few]));
    expect(order).toEqual(['many-0', 'many-1', 'chat-0', 'many-2', 'chat-1', 'many-3']);
  });

  it('lets a higher priority go before a lower one, whoever came first', async () => {
    const { clock, order, submit } = setOneSlot();
    const submits = [
      submit('first'),
      submit('low', { priority: -1 }),
      submit('usual'),
      submit('high', { priority: 10 }),
      submit('also high', { priority: 10 }),
    ];
    await clock.run(Promise.all(submits));
    expect(order).toEqual(['first', 'high', 'also high', 'usual', 'low']);
  });

  it('goes by owner among several clients of one account', async () => {
    const { clock, client, another, wire } = setOneSlot();
    const other = another();
    const bodies = ['a', 'a', 'a', 'b'].map((owner) => ({ owner, request: { ...MOVIE, comment: owner } }));
    await clock.run(client.submit(MOVIE));
    await clock.run(
      Promise.all(bodies.map(({ owner, request }) => (owner === 'a' ? client : other).submit(request, { owner }))),
    );
    const sent = wire.requests
      .filter(({ method }) => method === 'POST')
      .map(({ body }) => JSON.parse(body ?? '').comment);
    expect(sent).toEqual([undefined, 'a', 'b', 'a', 'a']);
  });
});

describe('an announcement', () => {
  /** Milliseconds from the end of the job to the moment at which its waiter knows. */
  async function lag(announced: 'job-1' | 'job-9' | undefined): Promise<number> {
    const { clock, client, submit } = setOneSlot(6);
    const { id } = await clock.run(submit('job'));
    const endsAt = clock.now() + 20_000;
    const waiting = client.wait(id).then(() => clock.now());
    await clock.advance(20_001);
    if (announced !== undefined) client.announce(announced);
    return (await clock.run(waiting)) - endsAt;
  }

  it('has the job looked at now, where the plan would have it wait', async () => {
    expect(await lag('job-1')).toBeLessThan(100);
    expect(await lag(undefined)).toBeGreaterThan(1_000);
  });

  it('of a job that nobody waits for changes nothing and costs no request', async () => {
    expect(await lag('job-9')).toBe(await lag(undefined));
    const { clock, client, wire } = setOneSlot();
    client.announce('job-9');
    await clock.advance(60_000);
    expect([wire.requests.length, clock.pending]).toEqual([0, 0]);
  });

  it('that comes before the answer to the submit is remembered', async () => {
    const { clock, client, submit, wire } = setOneSlot(6);
    client.announce('job-1');
    const { id } = await clock.run(submit('job'));
    const waiting = client.wait(id);
    await clock.advance(100);
    expect(wire.log()).toEqual(['POST /api/render', 'GET /api/jobs/job-1']);
    await clock.run(waiting);
  });
});

describe('what an account tells', () => {
  it('is the whole story of two jobs for one slot, in order', async () => {
    const { clock, client, events, submit } = setOneSlot();
    const jobs = await clock.run(Promise.all([submit('first', { owner: 'me' }), submit('second', { owner: 'you' })]));
    await clock.run(client.wait(jobs[1]?.id ?? ''));
    const story = events.filter(({ type }) => type !== 'look' && !isLook(type));
    const purposes = story.map((event) => ('purpose' in event ? `${event.type} ${event.purpose}` : event.type));
    expect(purposes.filter((line) => line !== 'request look')).toEqual([
      'slot-leased',
      'submit-queued',
      'request submit',
      'job-ended',
      'slot-freed',
      'slot-leased',
      'request submit',
      'job-ended',
      'slot-freed',
    ]);
    expect(events.find(({ type }) => type === 'submit-queued')).toMatchObject({ owner: 'you', waiting: 1 });
    const ends = events.filter((event) => event.type === 'job-ended');
    expect(ends).toMatchObject([
      { jobId: 'job-1', state: 'succeeded' },
      { jobId: 'job-2', state: 'succeeded' },
    ]);
    for (const { ageMs = 0 } of ends) expect(ageMs).toBeGreaterThanOrEqual(19_900);
    expect(events.map(({ at }) => at)).toEqual(events.map(({ at }) => at).toSorted((a, b) => a - b));
    const looks = events.filter((event) => event.type === 'look');
    expect(looks.reduce((sum, { ended }) => sum + ended, 0)).toBe(2);
    expect(JSON.stringify(events)).not.toContain('cdn.example');

    function isLook(type: string): boolean {
      return type === 'look';
    }
  });

  it('changes nothing, whatever a listener throws', async () => {
    const stories = [false, true].map(async (throws) => {
      const { clock, client, wire, submit } = setOneSlot();
      client.subscribe(() => {
        if (throws) throw new Error('a dashboard is broken');
      });
      const jobs = await clock.run(Promise.all(['a', 'b', 'c'].map((name) => submit(name))));
      await clock.run(client.wait(jobs[2]?.id ?? ''));
      return wire.requests.map(({ at, method, url }) => `${at} ${method} ${url}`);
    });
    const [quiet, noisy] = await Promise.all(stories);
    expect(noisy).toEqual(quiet);
  });

  it('ends with the subscription', async () => {
    const { clock, client, submit } = setOneSlot();
    const heard: string[] = [];
    const stop = client.subscribe(({ type }) => heard.push(type));
    await clock.run(submit('one'));
    const before = heard.length;
    expect(before).toBeGreaterThan(0);
    stop();
    await clock.run(submit('two'));
    expect(heard).toHaveLength(before);
  });
});

describe('the state of an account', () => {
  it('is told truly before, during and after two jobs for one slot', async () => {
    const { clock, client, submit } = setOneSlot(60);
    expect(client.state()).toEqual({
      provider: 'phantomflow',
      baseUrl: 'https://api.phantomflow.dev',
      window: { requestsPerMinute: 60 },
      slots: { capacity: 1, allowed: 1, taken: 0, foreign: 0, jobs: [] },
      queue: { waiting: 0, owners: 0 },
      watched: { jobs: 0 },
    });
    const submits = ['first', 'second', 'third'].map((name) => submit(name, { owner: name }));
    await clock.advance(10);
    expect(client.state()).toMatchObject({
      slots: { taken: 1, jobs: [] },
      queue: { waiting: 2, owners: 2, heldBy: 'turn' },
    });
    await clock.advance(100);
    const during = client.state();
    expect(during).toMatchObject({
      slots: { taken: 1, jobs: ['job-1'] },
      queue: { waiting: 2, owners: 2, heldBy: 'slot' },
      watched: { jobs: 1 },
      window: { remaining: expect.any(Number), resetsAt: expect.any(Number) },
    });
    expect(during.window.remaining).toBeLessThan(60);
    expect(during.watched.nextLookAt).toBeGreaterThan(clock.now());
    const jobs = await clock.run(Promise.all(submits));
    await clock.run(client.wait(jobs[2]?.id ?? ''));
    await clock.advance(0);
    expect(client.state()).toMatchObject({ slots: { taken: 0, jobs: [] }, watched: { jobs: 0 } });
    expect(client.state().queue).toEqual({ waiting: 0, owners: 0 });
    expect(client.state().watched).toEqual({ jobs: 0 });
  });

  it('tells until when a spent window holds everything back', async () => {
    const { clock, client } = setOneSlot(2);
    for (const id of ['a', 'b']) await clock.run(client.get(id).catch(() => undefined));
    const { window } = client.state();
    expect(window).toMatchObject({ requestsPerMinute: 2, remaining: 0 });
    expect(window.closedUntil).toBe(window.resetsAt);
    expect(window.closedUntil).toBeGreaterThan(clock.now() + 58_000);
  });
});
