import { describe, expect, it } from 'vitest';
import { inTurn } from '../../testing/answers.ts';
import { setRendobarStage } from '../../testing/rendobar-stage.ts';
import { rejection } from '../../testing/scripted-client.ts';

const BILLING = {
  balance: { amount: 4.86 },
  plan: { slug: 'free', name: 'Free', price: 0, limits: { concurrentJobs: 1, apiRequestsPerMinute: 120 } },
  subscription: null,
  usage: { currentPeriodSpend: 0.14, jobCount: 9 },
  isPro: false,
  creditBonusRate: 0,
  upgradePlan: null,
};

describe('the account', () => {
  it('tells money and plan, flat', async () => {
    const { clock, client } = setRendobarStage(inTurn({ body: { data: BILLING } }));
    expect(await clock.run(client.account.billing())).toEqual({
      balance: 4.86,
      plan: { slug: 'free', name: 'Free', price: 0 },
      limits: { concurrentJobs: 1, apiRequestsPerMinute: 120 },
      currentPeriodSpend: 0.14,
      jobCount: 9,
      isPro: false,
      creditBonusRate: 0,
    });
  });

  it.each([
    ['a list', [{ jobType: 'ffmpeg', jobCount: 2, amountCharged: 5 }]],
    ['an object by job type', { ffmpeg: { jobCount: 2, amountCharged: 5 } }],
  ])('reads usage whose rows are %s', async (_name, byJobType) => {
    const { clock, client, wire } = setRendobarStage(inTurn({ body: { data: { totalJobs: 2, byJobType } } }));
    const usage = await clock.run(client.account.usage({ start: '2026-01-01', end: '2026-01-31' }));
    expect(usage).toEqual({
      totalJobs: 2,
      byJobType: [{ jobType: 'ffmpeg', jobCount: 2, amountCharged: 5 }],
      daily: [],
    });
    expect(wire.log()).toEqual(['GET /billing/usage?start=2026-01-01&end=2026-01-31']);
  });

  it('refuses a day that is none', async () => {
    const { client } = setRendobarStage(inTurn({ body: {} }));
    expect((await rejection(client.account.usage({ start: 'yesterday' }))).record).toMatchObject({
      code: 'INVALID_REQUEST',
      field: 'start',
    });
  });

  it('keeps to the limits of the plan from the moment it has read them', async () => {
    const limits = { concurrentJobs: 20, maxJobTimeout: 32_400 };
    const capabilities = { body: { data: { plan: { slug: 'pro' }, limits, features: {} } } };
    const billing = { body: { data: { plan: { limits: { apiRequestsPerMinute: 3 } } } } };
    const job = { body: { data: { id: 'job_1', status: 'running' } } };
    const { clock, client, wire } = setRendobarStage(inTurn(capabilities, billing, job));
    expect(await clock.run(client.account.adoptLimits())).toEqual({ ...limits, apiRequestsPerMinute: 3 });
    expect(wire.log()).toEqual(['GET /account/capabilities', 'GET /billing/state']);
    const looks = Promise.allSettled([1, 2, 3].map(() => client.jobs.get('job_1', { maxQueueMs: 0 })));
    const refused = (await clock.run(looks)).filter(({ status }) => status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
  });
});
