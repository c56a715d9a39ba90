import { RenderError } from '@renderq/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type FakeClient, failed, fakeClient, job, succeeded } from './__fixtures__/fake-client.ts';
import { timerClock } from './__fixtures__/timer-clock.ts';
import { waitJobs } from './wait-jobs.ts';

const BUDGET_MS = 45_000;
let client: FakeClient;

beforeEach(() => {
  vi.useFakeTimers();
  client = fakeClient();
  for (const id of ['a', 'b', 'c']) client.jobs.set(id, job(id));
});
afterEach(() => void vi.useRealTimers());

const submitted = (...ids: string[]) => ids.map((id) => Promise.resolve(job(id)));
const wait = (submits = submitted('a', 'b'), more: object = {}) =>
  waitJobs(submits, client, { budgetMs: BUDGET_MS, clock: timerClock, ...more });
const later = (ms: number, id: string, end: typeof succeeded) => setTimeout(() => client.jobs.set(id, end(id)), ms);

describe('waiting for jobs in process', () => {
  it('is over as soon as the last one has ended, in the order of the submits', async () => {
    later(9_000, 'a', succeeded);
    later(4_000, 'b', failed);
    const start = Date.now();
    const outcomes = wait();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await outcomes).toMatchObject([
      { kind: 'ended', snapshot: { id: 'a', state: 'succeeded' } },
      { kind: 'ended', snapshot: { id: 'b', state: 'failed' } },
    ]);
    expect(Date.now() - start).toBe(10_000);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('gives what still runs when the budget is over, and leaves no timer behind', async () => {
    later(1_000, 'b', succeeded);
    const outcomes = wait();
    await vi.advanceTimersByTimeAsync(BUDGET_MS);
    expect((await outcomes).map(({ kind }) => kind)).toEqual(['pending', 'ended']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('begins its budget with the answer to the last submit, and watches the first ones meanwhile', async () => {
    const last = Promise.withResolvers<ReturnType<typeof job>>();
    later(100_000, 'a', succeeded);
    const known: number[] = [];
    const outcomes = wait([...submitted('a'), last.promise], { onOutcome: (index: number) => known.push(index) });
    await vi.advanceTimersByTimeAsync(200_000);
    expect(known).toEqual([0]);
    last.resolve(job('b'));
    await vi.advanceTimersByTimeAsync(BUDGET_MS - 1_000);
    expect(known).toEqual([0]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect((await outcomes).map(({ kind }) => kind)).toEqual(['ended', 'pending']);
  });

  it('tells a submit that failed beside the jobs of the others', async () => {
    const refusal = new RenderError({ code: 'INSUFFICIENT_CREDITS', message: 'no credits' });
    client.jobs.set('b', succeeded('b'));
    const outcomes = await wait([Promise.reject(refusal), ...submitted('b')]);
    expect(outcomes).toMatchObject([{ kind: 'failed', error: refusal }, { kind: 'ended' }]);
  });

  it('tells with the job id why a job cannot be looked at', async () => {
    client.jobs.set('a', new RenderError({ code: 'UNAUTHENTICATED', message: 'revoked' }));
    const [outcome] = await wait(submitted('a'));
    expect(outcome).toMatchObject({ kind: 'failed', error: { record: { code: 'UNAUTHENTICATED', jobId: 'a' } } });
  });

  it('waits for nothing where a submit was answered with an ended job', async () => {
    expect(await wait([Promise.resolve(succeeded('z'))])).toMatchObject([{ kind: 'ended', snapshot: { id: 'z' } }]);
  });

  it('ends at once with the execution, and tells that as a failure', async () => {
    const execution = new AbortController();
    const outcomes = wait(undefined, { signal: execution.signal });
    await vi.advanceTimersByTimeAsync(3_000);
    execution.abort();
    expect(await outcomes).toMatchObject([
      { kind: 'failed', error: { record: { code: 'CANCELLED', jobId: 'a' } } },
      { kind: 'failed', error: { record: { code: 'CANCELLED', jobId: 'b' } } },
    ]);
  });

  it('can be ended by whoever hears an outcome', async () => {
    later(2_000, 'b', failed);
    const onOutcome = (_index: number, outcome: { kind: string }, stop: () => void) =>
      outcome.kind === 'ended' && stop();
    const outcomes = wait(submitted('a', 'b', 'c'), { onOutcome });
    await vi.advanceTimersByTimeAsync(3_000);
    expect((await outcomes).map(({ kind }) => kind)).toEqual(['pending', 'ended', 'pending']);
  });
});
