import { type JobSnapshot, RenderError } from '@renderq/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type FakeClient, failed, fakeClient, job, succeeded } from './__fixtures__/fake-client.ts';
import { timerClock } from './__fixtures__/timer-clock.ts';
import type { CallbackPlan } from './plan-callback.ts';
import { type RenderRun, runRenders, SHORTEST_PARK_MS } from './run-renders.ts';

const URL_OF_RUN = 'https://n8n.example.com/webhook-waiting/7';
const CALLBACK: CallbackPlan = { kind: 'callback', url: URL_OF_RUN };
const POLL: CallbackPlan = { kind: 'poll', reason: 'n8n has no public address.' };
const MAX_WAIT_MS = 600_000;

let client: FakeClient;
let callbackUrls: (string | undefined)[];

beforeEach(() => {
  vi.useFakeTimers();
  client = fakeClient();
  callbackUrls = [];
  for (const id of ['a', 'b']) client.jobs.set(id, job(id));
});
afterEach(() => void vi.useRealTimers());

function run(change: Partial<RenderRun> = {}, submitted: readonly Promise<JobSnapshot>[] = jobs('a', 'b')) {
  return runRenders({
    client,
    clock: timerClock,
    plan: CALLBACK,
    submitAll(url) {
      callbackUrls.push(url);
      return submitted;
    },
    budgetMs: 45_000,
    maxWaitMs: MAX_WAIT_MS,
    isSimple: false,
    stopsAtFailure: false,
    ...change,
  });
}

const jobs = (...ids: string[]) => ids.map((id) => Promise.resolve(job(id)));
const endIn = (ms: number, end: JobSnapshot) => setTimeout(() => client.jobs.set(end.id, end), ms);

describe('a run that can be called back', () => {
  it('does not park for jobs that end within the budget', async () => {
    endIn(2_000, succeeded('a'));
    endIn(3_000, failed('b'));
    const end = run();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(callbackUrls).toEqual([URL_OF_RUN]);
    expect(await end).toMatchObject({
      kind: 'done',
      outcomes: [
        {
          index: 0,
          made: [{ json: { jobId: 'a', state: 'succeeded', output: { url: 'https://cdn.example.com/a.mp4' } } }],
        },
        { index: 1, error: { code: 'RENDER_FAILED', providerCode: 'RUNNER_ERROR', jobId: 'b' } },
      ],
    });
    expect(JSON.stringify(await end)).not.toContain('waitedInProcess');
  });

  it('parks for those that do not, keeping the results of the others and the way to each job', async () => {
    endIn(2_000, succeeded('a'));
    const start = Date.now();
    const end = run();
    await vi.advanceTimersByTimeAsync(45_000);
    expect(await end).toMatchObject({
      kind: 'parked',
      until: start + MAX_WAIT_MS,
      stored: [
        { jobId: 'a', state: 'succeeded' },
        {
          error: {
            code: 'WAIT_TIMEOUT',
            category: 'renderq',
            retryable: false,
            provider: 'rendobar',
            jobId: 'b',
            message: 'The job had not ended, as far as was heard, within a Max Wait of 10 minutes.',
            remedy: expect.stringContaining('operation Get'),
          },
        },
      ],
    });
  });

  it('looks once more before it parks, for an end that nobody could call while it ran', async () => {
    client.jobs.set('a', succeeded('a'));
    client.get = async (id) => succeeded(id);
    const end = run();
    await vi.advanceTimersByTimeAsync(45_000);
    expect(await end).toMatchObject({
      kind: 'done',
      outcomes: [{ index: 0 }, { index: 1, made: [{ json: { state: 'succeeded' } }] }],
    });
  });

  it('parks although the last look fails, unless it says that the job is gone', async () => {
    client.get = async (id) => {
      throw new RenderError({ code: id === 'a' ? 'NETWORK' : 'NOT_FOUND', message: 'm' });
    };
    const end = run();
    await vi.advanceTimersByTimeAsync(45_000);
    expect(await end).toMatchObject({
      kind: 'parked',
      stored: [{ error: { code: 'WAIT_TIMEOUT', jobId: 'a' } }, { error: { code: 'NOT_FOUND', jobId: 'b' } }],
    });
  });

  it('stays in process for a job whose callback belongs to an earlier submit, and says so', async () => {
    endIn(100_000, succeeded('a'));
    endIn(120_000, succeeded('b'));
    const end = run({}, [Promise.resolve({ ...job('a'), replayed: true }), ...jobs('b')]);
    await vi.advanceTimersByTimeAsync(121_000);
    expect(await end).toMatchObject({
      kind: 'done',
      outcomes: [{ made: [{ json: { waitedInProcess: expect.stringContaining('another callback') } }] }, { index: 1 }],
    });
  });

  it('stays in process where Max Wait leaves nothing worth parking for', async () => {
    const end = run({ maxWaitMs: 45_000 + SHORTEST_PARK_MS - 1 });
    await vi.advanceTimersByTimeAsync(45_000 + SHORTEST_PARK_MS);
    expect(callbackUrls).toEqual([undefined]);
    expect(await end).toMatchObject({ kind: 'done', outcomes: [{ error: { code: 'WAIT_TIMEOUT' } }, { index: 1 }] });
  });
});

describe('a run that cannot be called back', () => {
  it('asks for no callback, waits in process to Max Wait, and tells each item why', async () => {
    endIn(300_000, succeeded('a'));
    const end = run({ plan: POLL });
    await vi.advanceTimersByTimeAsync(MAX_WAIT_MS);
    expect(callbackUrls).toEqual([undefined]);
    expect(await end).toMatchObject({
      kind: 'done',
      outcomes: [
        { made: [{ json: { jobId: 'a', waitedInProcess: POLL.reason } }] },
        { error: { code: 'WAIT_TIMEOUT', jobId: 'b', waitedInProcess: POLL.reason } },
      ],
    });
  });

  it('leaves the error of a job as it is', async () => {
    client.jobs.set('a', failed('a'));
    client.jobs.set('b', failed('b'));
    const end = await run({ plan: POLL });
    expect(end.kind === 'done' && end.outcomes[0]).toMatchObject({ error: { code: 'RENDER_FAILED' } });
    expect(JSON.stringify(end)).not.toContain('waitedInProcess');
  });
});

describe('a run whose workflow stops at a failure', () => {
  it.each([CALLBACK, POLL])('does not wait for the other jobs, and tells them as they are ($kind)', async (plan) => {
    endIn(2_000, failed('b'));
    const end = run({ stopsAtFailure: true, plan });
    await vi.advanceTimersByTimeAsync(3_000);
    expect(await end).toMatchObject({
      kind: 'done',
      outcomes: [{ made: [{ json: { jobId: 'a', state: 'running' } }] }, { error: { code: 'RENDER_FAILED' } }],
    });
  });

  it('parks as any other while nothing has failed', async () => {
    const end = run({ stopsAtFailure: true });
    await vi.advanceTimersByTimeAsync(45_000);
    expect((await end).kind).toBe('parked');
  });
});
