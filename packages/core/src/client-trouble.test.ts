import { describe, expect, it } from 'vitest';
import type { AccountEvent } from './contract/account-event.ts';
import { MOVIE, rejection, setStage } from './testing/scripted-client.ts';
import { type Answer, errorAnswer, type Fault } from './testing/scripted-transport.ts';
import type { VirtualClock } from './testing/virtual-clock.ts';

const LIMITS = { requestsPerMinute: 600, concurrentJobs: 1 };

/** What happens to a submit: accepted, answered, or lost before or after the provider carried it out. */
type Fate = 'accept' | 'lose' | 'lose after' | Answer;

/** A provider without keys whose submits meet the given fates in turn, and whose jobs take ten seconds. */
function setFates(
  fates: readonly Fate[],
  { limits = LIMITS, reads = true }: { limits?: typeof LIMITS; reads?: boolean } = {},
) {
  const jobs: { id: string; endsAt: number; createdAt: string }[] = [];
  const submitted: number[] = [];
  const left = [...fates];
  let readFault: Answer | undefined;
  const start = (clock: VirtualClock) => {
    const id = `job-${jobs.length + 1}`;
    jobs.unshift({ id, endsAt: clock.now() + 10_000, createdAt: new Date(clock.now()).toISOString() });
    return id;
  };
  const stage = setStage(
    'phantomflow',
    (clock) =>
      ({ method, url }): Answer | Fault => {
        const show = ({ id, endsAt, createdAt }: (typeof jobs)[number]) =>
          clock.now() < endsAt
            ? { job_id: id, status: 'processing', created_at: createdAt }
            : { job_id: id, status: 'completed', output_url: 'https://cdn.example/o.mp4', created_at: createdAt };
        if (method === 'POST') {
          submitted.push(clock.now());
          const fate = left.shift() ?? 'accept';
          if (fate === 'lose') return { fault: 'reset' };
          if (typeof fate === 'object') return fate;
          const id = start(clock);
          return fate === 'lose after' ? { fault: 'reset' } : { status: 202, body: { job_id: id, status: 'queued' } };
        }
        if (readFault !== undefined) return readFault;
        const id = url.split('/jobs/')[1];
        if (id === undefined) return reads ? { body: { data: jobs.map(show) } } : errorAnswer(404, 'NOT_FOUND');
        const job = jobs.find((one) => one.id === id);
        return job === undefined ? errorAnswer(404, 'NOT_FOUND') : { body: show(job) };
      },
    { limits },
  );
  const events: AccountEvent[] = [];
  stage.client.subscribe((event) => events.push(event));
  const types = (...wanted: readonly AccountEvent['type'][]) =>
    events.filter(({ type }) => wanted.includes(type)).map(({ type }) => type);
  const failReads = (answer: Answer | undefined) => {
    readFault = answer;
  };
  return { ...stage, jobs, submitted, events, types, failReads };
}

describe('an account without credits', () => {
  const broke = errorAnswer(402, 'INSUFFICIENT_CREDITS', { required: 4, balance: 0 });

  it('rests its submits and goes on watching, and recovers when credits are back', async () => {
    const { clock, client, submitted, wire, types } = setFates(['accept', broke, broke, 'accept']);
    const first = await clock.run(client.submit(MOVIE));
    const waiting = [1, 2, 3].map(() => client.submit(MOVIE));
    const outcomes = Promise.allSettled(waiting);
    const done = await clock.run(client.wait(first.id));
    expect(done.state).toBe('succeeded');
    await clock.advance(1_000);
    // One was refused; the others rest instead of being refused as well.
    expect(submitted).toHaveLength(2);
    expect(client.state().queue).toMatchObject({
      waiting: 2,
      heldBy: 'credits',
      error: { code: 'INSUFFICIENT_CREDITS' },
    });
    const looks = wire.requests.length;
    await clock.run(client.get(first.id));
    expect(wire.requests.length).toBe(looks + 1);
    const settled = await clock.run(outcomes);
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
    const [, second, third, fourth] = submitted;
    expect((third ?? 0) - (second ?? 0)).toBeGreaterThanOrEqual(5_000);
    expect((fourth ?? 0) - (third ?? 0)).toBeGreaterThanOrEqual(10_000);
    expect(types('submits-paused')).toHaveLength(2);
    expect(client.state().queue).toEqual({ waiting: 0, owners: 0 });
  });

  it('asks at once for a caller who comes while nobody waits', async () => {
    const { clock, client, submitted } = setFates([broke, broke, 'accept']);
    const start = clock.now();
    for (let n = 0; n < 2; n += 1) {
      expect((await clock.run(rejection(client.submit(MOVIE)))).record).toMatchObject({ required: 4, balance: 0 });
    }
    await clock.run(client.submit(MOVIE));
    expect(submitted).toHaveLength(3);
    expect(clock.now() - start).toBeLessThan(200);
  });

  it('tells those that wait too long that credits were what they waited for', async () => {
    const { clock, client } = setFates(['accept', broke]);
    await clock.run(client.submit(MOVIE));
    const notices: string[] = [];
    const submits = [
      rejection(client.submit(MOVIE)),
      rejection(client.submit(MOVIE, { maxQueueMs: 12_000, onQueued: ({ reason }) => notices.push(reason) })),
    ];
    const [, second] = await clock.run(Promise.all(submits));
    // Nothing of it was ever sent: the refusal was met by the one before it.
    expect(second?.record).toMatchObject({ code: 'INSUFFICIENT_CREDITS', required: 4, attempts: 0 });
  });
});

describe('an account whose key is refused', () => {
  it.each([[401, 'UNAUTHORIZED']])(
    'refuses what waits at once with HTTP %i %s, and leaves nothing behind',
    async (status, code) => {
      const { clock, client, submitted, events, failReads } = setFates(['accept']);
      const { id } = await clock.run(client.submit(MOVIE));
      const waiting = [1, 2, 3].map(() => rejection(client.submit(MOVIE)));
      await clock.advance(100);
      failReads(errorAnswer(status, code));
      const asked = rejection(client.get(id));
      const errors = await clock.run(Promise.all([...waiting, asked]));
      expect(errors.map(({ code, record }) => `${code} ${record.attempts}`)).toEqual([
        ...Array(3).fill('UNAUTHENTICATED 0'),
        'UNAUTHENTICATED 1',
      ]);
      expect(submitted).toHaveLength(1);
      expect(events.find(({ type }) => type === 'account-stopped')).toMatchObject({ refused: 3 });
      expect(client.state().queue).toEqual({ waiting: 0, owners: 0 });
      await clock.advance(100);
      expect(clock.pending).toBe(0);
    },
  );

  it('still asks for a caller who comes afterwards: the key may have been put right', async () => {
    const { clock, client, submitted } = setFates([errorAnswer(401, 'UNAUTHORIZED'), 'accept']);
    await clock.run(rejection(client.submit(MOVIE)));
    expect((await clock.run(client.submit(MOVIE))).id).toBe('job-1');
    expect(submitted).toHaveLength(2);
  });
});

describe('a submit whose answer was lost', () => {
  it('is found in the list where it was carried out, and bought once', async () => {
    const { clock, client, submitted, jobs, events, types } = setFates(['lose after']);
    const job = await clock.run(client.submit(MOVIE));
    expect(job.id).toBe('job-1');
    expect([submitted.length, jobs.length]).toEqual([1, 1]);
    expect(types('submit-in-doubt', 'submit-settled')).toEqual(['submit-in-doubt', 'submit-settled']);
    expect(events.find(({ type }) => type === 'submit-settled')).toMatchObject({ outcome: 'found', jobId: 'job-1' });
    expect(client.state().slots).toMatchObject({ taken: 1, jobs: ['job-1'] });
    expect((await clock.run(client.wait(job.id))).state).toBe('succeeded');
    expect(client.state().slots.taken).toBe(0);
  });

  it('is sent again where lists prove that it never arrived', async () => {
    const { clock, client, submitted, jobs, events } = setFates(['accept', 'lose', 'accept']);
    const first = await clock.run(client.submit(MOVIE));
    // A list is what proves that lists show our jobs: two waiters make one worth while.
    await clock.run(client.list());
    await clock.run(client.wait(first.id));
    const second = await clock.run(client.submit(MOVIE));
    expect(second.id).toBe('job-2');
    expect([submitted.length, jobs.length]).toEqual([3, 2]);
    expect(events.find(({ type }) => type === 'submit-settled')).toMatchObject({ outcome: 'absent' });
    expect((submitted[2] ?? 0) - (submitted[1] ?? 0)).toBeGreaterThanOrEqual(10_000);
  });

  it('is told as unknown, and never sent again, where nobody can tell', async () => {
    const { clock, client, submitted, events } = setFates(['lose'], { reads: false });
    const error = await clock.run(rejection(client.submit(MOVIE)));
    expect(error.record).toMatchObject({ code: 'SUBMIT_OUTCOME_UNKNOWN', retryable: false, attempts: 1 });
    expect(submitted).toHaveLength(1);
    expect(events.find(({ type }) => type === 'submit-settled')).toMatchObject({ outcome: 'unknown' });
    // Its slot counts as taken: the job may be running.
    expect(client.state().slots.taken).toBe(1);
  });

  it('holds back all others until it is settled', async () => {
    const limits = { requestsPerMinute: 600, concurrentJobs: 5 };
    const { clock, client, submitted, events } = setFates(['lose after', 'accept', 'accept'], { limits });
    const submits = Promise.all([1, 2, 3].map(() => client.submit(MOVIE)));
    await clock.advance(300);
    expect(submitted).toHaveLength(1);
    expect(client.state().queue).toMatchObject({ waiting: 2, heldBy: 'doubt' });
    const jobs = await clock.run(submits);
    expect(jobs.map(({ id }) => id)).toEqual(['job-1', 'job-2', 'job-3']);
    const settledAt = events.find(({ type }) => type === 'submit-settled')?.at ?? Number.NaN;
    for (const at of submitted.slice(1)) expect(at).toBeGreaterThanOrEqual(settledAt);
  });

  it('is never mixed up with that of a caller without patience who submits meanwhile', async () => {
    const limits = { requestsPerMinute: 600, concurrentJobs: 5 };
    for (const afterMs of [100, 495, 505, 515, 525, 535]) {
      const { clock, client, jobs } = setFates(['accept', 'lose'], { limits });
      await clock.run(client.submit(MOVIE));
      await clock.run(client.list());
      const lost = client.submit(MOVIE).then(
        ({ id }) => id,
        () => 'unknown',
      );
      await clock.advance(20 + afterMs);
      const hurried = client.submit(MOVIE, { maxQueueMs: 0 }).then(({ id }) => id);
      const ids = await clock.run(Promise.all([lost, hurried]));
      expect(new Set(ids).size).toBe(2);
      expect(ids[1]).toBe('job-2');
      expect(jobs.length).toBeLessThanOrEqual(3);
    }
  });

  it('never takes the job of one whose caller has left meanwhile', async () => {
    let strayAt = Number.POSITIVE_INFINITY;
    const { clock, client } = setStage(
      'phantomflow',
      (time) =>
        ({ method, body }) => {
          if (method === 'POST') return { fault: body?.includes('left') === true ? 'timeout' : 'reset' };
          const data = [
            { job_id: 'old', status: 'completed', created_at: new Date(time.now() - 900_000).toISOString() },
          ];
          if (time.now() < strayAt) return { body: { data } };
          const stray = { job_id: 'stray', status: 'processing', created_at: new Date(strayAt).toISOString() };
          return { body: { data: [stray, ...data] } };
        },
      { limits: { requestsPerMinute: 600, concurrentJobs: 5 } },
    );
    await clock.advance(600_000);
    await clock.run(client.list());
    const given = new AbortController();
    const left = rejection(client.submit({ ...MOVIE, comment: 'left' }, { signal: given.signal }));
    await clock.advance(1_000);
    given.abort();
    expect((await clock.run(left)).code).toBe('CANCELLED');
    // Its request was on the way all the same, and arrives while the next submit is in doubt.
    strayAt = clock.now() + 300;
    const error = await clock.run(rejection(client.submit(MOVIE)));
    expect(error.record).toMatchObject({ code: 'SUBMIT_OUTCOME_UNKNOWN', message: expect.stringContaining('stray') });
  });
});
