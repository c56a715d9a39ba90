import { RenderError } from '@renderq/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type FakeClient, failed, fakeClient, job, succeeded } from './__fixtures__/fake-client.ts';
import { timerClock } from './__fixtures__/timer-clock.ts';
import { createEndedJobs, type EndedJobs } from './ended-jobs.ts';
import { type CallbackCase, settleCallback } from './settle-callback.ts';

const PARKED = ['a', 'b', 'c'].map((jobId, index) => ({ index, jobId }));
let client: FakeClient;
let ended: EndedJobs;

beforeEach(() => {
  vi.useFakeTimers();
  client = fakeClient();
  ended = createEndedJobs();
  for (const { jobId } of PARKED) client.jobs.set(jobId, job(jobId));
});
afterEach(() => void vi.useRealTimers());

const settle = (jobId: string | undefined, change: Partial<CallbackCase> = {}) =>
  settleCallback({ parked: PARKED, hint: { jobId, claimsEnd: false }, client, clock: timerClock, ended, ...change });

describe('a callback of a parked execution', () => {
  it('wakes it when the last of its jobs has ended, whichever way each did', async () => {
    client.jobs.set('a', succeeded('a'));
    expect(await settle('a')).toEqual({ kind: 'waiting' });
    client.jobs.set('c', failed('c'));
    expect(await settle('c')).toEqual({ kind: 'waiting' });
    client.jobs.set('b', succeeded('b'));
    const verdict = await settle('b');
    expect(verdict.kind === 'ended' && [...verdict.ends].sort()).toMatchObject([
      ['a', { state: 'succeeded' }],
      ['b', { state: 'succeeded' }],
      ['c', { state: 'failed' }],
    ]);
  });

  it('reads the named job first, stops at one that runs, and reads no end twice', async () => {
    client.jobs.set('c', succeeded('c'));
    await settle('c');
    expect(client.looks).toEqual(['c', 'a']);
    await settle('c');
    expect(client.looks).toEqual(['c', 'a', 'a']);
    expect(client.announced).toEqual(['c']);
  });

  it('hears of a job whose own callback was lost by that of another', async () => {
    for (const id of ['a', 'b', 'c']) client.jobs.set(id, succeeded(id));
    expect((await settle('b')).kind).toBe('ended');
  });

  it.each([undefined, 'job_of_somebody_else'])('reads nothing for %s, which is none of its jobs', async (jobId) => {
    expect(await settle(jobId, { hint: { jobId, claimsEnd: true } })).toEqual({ kind: 'ignored' });
    expect(client.looks).toEqual([]);
  });

  it('believes the job rather than the claim, after a second look', async () => {
    const verdict = settle('a', { hint: { jobId: 'a', claimsEnd: true } });
    await vi.advanceTimersByTimeAsync(1_500);
    expect(await verdict).toEqual({ kind: 'waiting' });
    expect(client.looks).toEqual(['a', 'a']);
  });

  it('finds an end that the API tells a second after its own callback', async () => {
    for (const id of ['b', 'c']) client.jobs.set(id, succeeded(id));
    setTimeout(() => client.jobs.set('a', succeeded('a')), 1_000);
    const verdict = settle('a', { hint: { jobId: 'a', claimsEnd: true } });
    await vi.advanceTimersByTimeAsync(1_500);
    expect((await verdict).kind).toBe('ended');
  });

  it.each(['NETWORK', 'RATE_LIMITED', 'UNAUTHENTICATED', 'PROVIDER_ERROR'] as const)(
    'asks to be called again where a job cannot be read (%s)',
    async (code) => {
      client.jobs.set('a', new RenderError({ code, message: 'm' }));
      expect(await settle('a')).toEqual({ kind: 'unreadable' });
      for (const id of ['a', 'b', 'c']) client.jobs.set(id, succeeded(id));
      expect((await settle('a')).kind).toBe('ended');
    },
  );

  it('takes a job that is gone for one that has ended', async () => {
    for (const id of ['a', 'b']) client.jobs.set(id, succeeded(id));
    client.jobs.delete('c');
    const verdict = await settle('a');
    expect(verdict.kind === 'ended' && verdict.ends.get('c')).toMatchObject({
      record: { code: 'NOT_FOUND', jobId: 'c' },
    });
  });

  it('wakes once although the last callback comes twice at once', async () => {
    for (const id of ['a', 'b', 'c']) client.jobs.set(id, succeeded(id));
    const verdicts = await Promise.all([settle('c'), settle('c')]);
    expect(verdicts.map(({ kind }) => kind).sort()).toEqual(['ended', 'ignored']);
  });
});
