import { describe, expect, it } from 'vitest';
import type { AccountEvidence, LostSubmit } from './contract/recovery.ts';
import { MOVIE, setStage } from './testing/scripted-client.ts';
import { START_MS } from './testing/virtual-clock.ts';

const LIMITS = { limits: { requestsPerMinute: 600, concurrentJobs: 2 } };

interface Listed {
  readonly id: string;
  /** Milliseconds from the start of the clock. */
  readonly madeAt: number;
  readonly isRunning?: boolean;
}

/** A process that begins at the start of the clock, where another has worked the account before. */
function setTakeover(list: () => readonly Listed[]) {
  const stage = setStage(
    'phantomflow',
    () =>
      ({ method, url }) => {
        if (method === 'POST') return { status: 202, body: { job_id: 'pf-new', status: 'queued' } };
        const jobs = list().map(({ id, madeAt, isRunning = true }) => ({
          job_id: id,
          status: isRunning ? 'processing' : 'completed',
          created_at: new Date(START_MS + madeAt).toISOString(),
        }));
        return { body: url.endsWith('/api/jobs') ? { jobs } : (jobs.find(({ job_id: id }) => url.endsWith(id)) ?? {}) };
      },
    LIMITS,
  );
  const { clock, client } = stage;
  const adopt = (ids: readonly string[], open: readonly string[] = [], evidence: AccountEvidence = { listLagMs: 50 }) =>
    client.recovery.adopt({
      jobIds: ids,
      openJobs: open.map((id) => ({ id, acceptedAt: START_MS - 20_000 })),
      evidence,
    });
  const settle = (sentAtMs: number, more: Partial<LostSubmit> = {}) =>
    clock.run(client.recovery.settle({ sentAt: START_MS + sentAtMs, ...more }));
  return { ...stage, adopt, settle };
}

const ours = { id: 'ours', madeAt: -30_000 };

describe('a submit whose process has ended', () => {
  it('is found by the time of its creation, although lists were read since', async () => {
    const { client, clock, adopt, settle } = setTakeover(() => [{ id: 'lost', madeAt: -4_990 }, ours]);
    adopt(['ours']);
    await clock.run(client.list());
    expect(await settle(-5_000)).toMatchObject({ outcome: 'found', job: { id: 'lost' } });
    expect(client.state().slots.taken).toBe(1);
  });

  it('never arrived, when lists that show such jobs do not show it once the grace is over', async () => {
    const { clock, adopt, settle } = setTakeover(() => [ours]);
    adopt(['ours']);
    expect(await settle(-5_000)).toEqual({ outcome: 'absent' });
    // The grace began when it was lost, not when somebody came to look.
    expect(clock.now() - START_MS).toBeGreaterThanOrEqual(5_000);
    expect(clock.now() - START_MS).toBeLessThan(6_000);
  });

  it('stays in doubt when the list does not reach back to it', async () => {
    const later = { id: 'later', madeAt: -1_000 };
    const { adopt, settle } = setTakeover(() => [later]);
    adopt(['ours', 'later']);
    expect(await settle(-60_000)).toMatchObject({ outcome: 'unknown', why: expect.stringContaining('reach back') });
  });

  it('stays in doubt where no list has shown a running job of ours', async () => {
    const { adopt, settle } = setTakeover(() => [{ ...ours, isRunning: false }]);
    adopt(['ours'], [], {});
    expect(await settle(-60_000)).toMatchObject({ outcome: 'unknown', why: expect.stringContaining('not known') });
  });

  it('is proven by a running job of the earlier process, which need not have kept its evidence', async () => {
    const { adopt, settle } = setTakeover(() => [ours]);
    adopt(['ours'], ['ours'], {});
    expect(await settle(-19_000)).toEqual({ outcome: 'absent' });
  });

  it('stays in doubt on an account that others use', async () => {
    const { adopt, settle } = setTakeover(() => [{ id: 'lost', madeAt: -4_990 }, ours]);
    adopt(['ours'], [], { listLagMs: 50, othersSeenAt: START_MS - 60_000 });
    expect(await settle(-5_000)).toMatchObject({ outcome: 'unknown', candidates: ['lost'] });
  });

  it('holds every other submit back until it is settled', async () => {
    const { client, clock, wire, adopt } = setTakeover(() => [ours]);
    adopt(['ours']);
    const settling = client.recovery.settle({ sentAt: START_MS });
    const submitted = client.submit(MOVIE);
    await clock.run(Promise.all([settling, submitted]));
    const submits = wire.requests.filter(({ method }) => method === 'POST');
    expect(submits.map(({ at }) => at - START_MS)).toEqual([expect.toSatisfy((at: number) => at >= 10_000)]);
  });
});

describe('several submits whose outcome is unknown', () => {
  const older = { id: 'older', madeAt: -19_990 };
  const younger = { id: 'younger', madeAt: -9_990 };
  const [olderAt, youngerAt] = [START_MS - 20_000, START_MS - 10_000];

  it('are told apart by the times at which they went out', async () => {
    const { adopt, settle } = setTakeover(() => [younger, older, ours]);
    adopt(['ours'], [], { listLagMs: 50, unsettledAt: olderAt });
    expect(await settle(-10_000, { rivals: [olderAt] })).toMatchObject({ outcome: 'found', job: { id: 'younger' } });
    expect(await settle(-20_000, { rivals: [] })).toMatchObject({ outcome: 'found', job: { id: 'older' } });
  });

  it('stay in doubt where the one job may be a late one of the older', async () => {
    const { adopt, settle } = setTakeover(() => [younger, ours]);
    adopt(['ours']);
    expect(await settle(-10_000, { rivals: [olderAt] })).toMatchObject({ outcome: 'unknown', candidates: ['younger'] });
  });

  it('are not taken for absent because what could be theirs is likelier that of a younger one', async () => {
    const { adopt, settle } = setTakeover(() => [younger, ours]);
    adopt(['ours']);
    expect(await settle(-20_000, { rivals: [youngerAt] })).toMatchObject({
      outcome: 'unknown',
      candidates: ['younger'],
    });
  });
});

describe('the account of an earlier process', () => {
  it('has its slots taken by the jobs that run, until they are seen to end', async () => {
    let isRunning = true;
    const { client, clock, adopt } = setTakeover(() => [{ id: 'ours', madeAt: -30_000, isRunning }]);
    adopt(['ended', 'ours'], ['ours']);
    expect(client.state().slots.taken).toBe(1);
    isRunning = false;
    expect((await clock.run(client.wait('ours'))).state).toBe('succeeded');
    expect(client.state().slots.taken).toBe(0);
  });

  it('gives back the slots of jobs that ended while another worked it', () => {
    const { client, adopt } = setTakeover(() => []);
    adopt(['ours'], ['ours']);
    adopt(['ours'], []);
    expect(client.state().slots.taken).toBe(0);
  });

  it('hands on what it has taught', () => {
    const evidence = { listLagMs: 50, timesAreTrue: true, othersSeenAt: 5, unsettledAt: 6, absentAt: 7 };
    const { client, adopt } = setTakeover(() => []);
    expect(client.recovery.evidence()).toEqual({});
    adopt([], [], evidence);
    expect(client.recovery.evidence()).toEqual(evidence);
  });
});
